import {createHmac, timingSafeEqual} from 'node:crypto';
import {createHmacOf} from '../base/hmac.ts';
import type {Log} from '../base/log.ts';
import type {SharedMemory} from '../base/shared-memory.ts';
import type {Address} from './address.ts';
import {openServer} from './server.ts';

interface Options {
  readonly servers: readonly Address[];
  /** What all who share this memory know, and nobody else. */
  readonly secret: Uint8Array;
  readonly log: Log;
  /** Milliseconds that an answer may take. */
  readonly patienceMs?: number | undefined;
  now?(): number;
}

/**
 * Shared memory in one or several memcacheds, which anybody who reaches them can read and write: they see no name, since keys are HMACs
 * of them, and what they write is not believed, since values carry an HMAC over key, time and value. All they can do is forget. Names
 * may hold passwords; values are not hidden and must be no secrets.
 */
export function openSharedMemory({servers, secret, log, patienceMs, now = Date.now}: Options): SharedMemory {
  const open = servers.map(address => openServer(address, log, patienceMs));
  const keyOf = createHmacOf(derive(secret, 'names'));
  const sign = createHmacOf(derive(secret, 'values'));
  // Every process has the same list, so every process asks the same one.
  const serverOf = (key: string) => open[Buffer.from(key, 'base64').readUInt32BE() % open.length]!;
  const seal = (key: string, value: string, seconds: number) => {
    const signed = `${now() + seconds * 1000} ${value}`;
    return `${sign(`${key} ${signed}`)} ${signed}`;
  };
  const unseal = (key: string, sealed: string | undefined) => {
    const [, signature, signed, until, value] = /^(\S{44}) ((\d{1,15}) ([\s\S]*))$/.exec(sealed ?? '') ?? [];
    if (signature === undefined || Number(until) <= now()) return undefined;
    return timingSafeEqual(Buffer.from(signature), Buffer.from(sign(`${key} ${signed}`))) ? value : undefined;
  };

  return {
    async recall(name) {
      const key = keyOf(name);
      return unseal(key, await serverOf(key).get(key));
    },
    async remember(name, value, seconds) {
      const key = keyOf(name);
      await serverOf(key).set(key, seal(key, value, seconds), seconds);
    },
    async claim(name, seconds) {
      const key = keyOf(name);
      const free = await serverOf(key).add(key, seal(key, '', seconds), seconds);
      if (free !== false) return free;
      // Only a claim that one of us has made counts: a memcached that says no to everything refuses nobody.
      return unseal(key, await serverOf(key).get(key)) === undefined ? undefined : false;
    },
    close() {
      for (const server of open) server.close();
    },
  };
}

function derive(secret: Uint8Array, purpose: string): Uint8Array {
  return createHmac('sha256', secret).update(`memcached ${purpose}`).digest();
}
