import {afterAll, beforeAll} from 'vitest';
import type {Client} from './client.ts';
import {type Served, type ServeOptions, serve} from './serve.ts';

/**
 * One server for all tests of a `describe` block, for those that leave nothing behind: what they store they remove. Answers a function,
 * as the server is there only once the tests run.
 */
export function sharedServer<Name extends string>(
  accounts: Readonly<Record<Name, readonly string[]>>,
  options: ServeOptions = {},
): () => Served & Readonly<Record<Name, Client>> {
  let served: Served & Readonly<Record<Name, Client>>;
  beforeAll(async () => {
    served = await serve(accounts, {...options, keep: true});
  });
  afterAll(() => served.close());
  return () => served;
}
