import {Agent, request} from 'node:http';
import type {Account} from './crew.ts';

/** An answer that came whole. */
export interface Answered {
  readonly status: number;
  readonly etag: string | undefined;
  readonly text: string;
}

/** One connection that is kept; nothing is ever sent twice by itself. */
export class Connection {
  readonly #agent = new Agent({keepAlive: true, maxSockets: 1});

  /** Undefined: cut off before the answer was there whole. */
  send(base: string, account: Account, method: string, path: string, headers: Record<string, string> = {}, body = '') {
    const bytes = Buffer.from(body);
    return new Promise<Answered | undefined>(resolve => {
      const all = {...headers, 'content-length': String(bytes.length)};
      const sent = request(base + path, {method, agent: this.#agent, auth: `${account}:${account}`, headers: all}, answer => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve(answer.complete ? {status: answer.statusCode!, etag: answer.headers.etag, text} : undefined);
        });
        answer.on('error', () => resolve(undefined));
      });
      sent.on('error', () => resolve(undefined));
      sent.end(bytes);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
