import {createServer} from 'node:http';

/**
 * Bare node:http, the measure: reads the request and its Basic credentials, and answers as many ready bytes as the last segment of
 * the path says. One process. Prints its port.
 */
const bodies = new Map<number, Buffer>();

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const [user] = Buffer.from((request.headers.authorization ?? '').slice(6), 'base64')
      .toString()
      .split(':');
    const size = Number(request.url!.slice(request.url!.lastIndexOf('/') + 1));
    let body = bodies.get(size);
    if (!body) {
      body = Buffer.alloc(size, 'x');
      bodies.set(size, body);
    }
    response.writeHead(user ? 207 : 401, {'Content-Type': 'application/xml; charset=utf-8', 'Content-Length': size});
    response.end(body);
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
