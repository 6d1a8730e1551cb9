import {type AddressInfo, createServer, type Server} from 'node:net';
import {onTestFinished} from 'vitest';

/** Lets a server listen on a free port of this machine until the test ends; resolves to the port. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    if ('closeAllConnections' in server) (server as Server & {closeAllConnections(): void}).closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}
