import {createNode} from 'memcache';
import type {Address} from './address.ts';
import {inTime} from './in-time.ts';

/** What a memcached says of itself. */
export interface Inspected {
  readonly version: string;
  /** The addresses it listens at, as its administrator wrote them; empty: all that the machine has. */
  readonly listensAt: readonly string[];
}

const patienceMs = 3000;

/** Rejects with Error where nothing answers there, or something else than memcached. */
export async function inspectServer({host, port}: Address): Promise<Inspected> {
  const node = createNode(host, port, {timeout: patienceMs});
  node.on('error', () => {});
  try {
    await inTime(node.connect(), patienceMs);
    const said = String(await inTime(node.command('version'), patienceMs));
    if (!said.startsWith('VERSION ')) throw new Error('what answers there is no memcached');
    const settings: Record<string, string> = await inTime(node.command('stats settings', {isStats: true}), patienceMs);
    const {inter = 'NULL'} = settings;
    return {version: said.slice('VERSION '.length), listensAt: inter === 'NULL' ? [] : inter.split(',')};
  } finally {
    await node.disconnect();
  }
}
