import {request} from 'node:http';

/** Sends a request target as it is: `fetch` would mend the very paths that are to be tried. Answers the status and the body. */
export function raw(
  base: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<{status: number; text: string; headers: Record<string, unknown>}> {
  const {hostname, port} = new URL(base);
  return new Promise((resolve, reject) => {
    const sent = request({hostname, port, method, path, headers, agent: false}, answer => {
      const parts: Buffer[] = [];
      answer.on('data', part => parts.push(part));
      answer.on('end', () =>
        resolve({status: answer.statusCode!, text: Buffer.concat(parts).toString(), headers: answer.headers}),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export const basic = (name: string) => `Basic ${Buffer.from(`${name}:${name}`).toString('base64')}`;
