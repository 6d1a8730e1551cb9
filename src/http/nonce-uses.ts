import type {SharedMemory} from '../base/shared-memory.ts';
import {nonceLifetimeMs} from './digest.ts';

/** So far may a request come behind those that were counted after it: clients send several at once, and they overtake each other. */
const window = 64;
const mostNonces = 10_000;

/**
 * RFC 7616 §3.4, nc: each count of a nonce is good for one request, so that one that was overheard is not taken again. Workers that
 * share a memory know each other's; those that share none know their own.
 */
export class NonceUses {
  readonly #uses = new Map<string, {issued: number; counts: Uint32Array}>();
  readonly #now: () => number;
  readonly #shared: SharedMemory | undefined;
  /** Of nonces issued earlier it is not known any more, or was never known here, what they were used for. */
  #knownSince: number;

  constructor(now: () => number, shared: SharedMemory | undefined) {
    this.#now = now;
    this.#shared = shared;
    this.#knownSince = now();
  }

  /** Whether this is the first request with this count (eight hex digits) of a nonce that was issued then. */
  async take(nonce: string, issued: number, nc: string): Promise<boolean> {
    const known = this.#uses.get(nonce);
    if (!known && issued < this.#knownSince) return false;
    const {counts} = known ?? this.#add(nonce, issued);
    const count = Number.parseInt(nc, 16);
    if (counts[count % window]! >= count) return false;
    counts[count % window] = count;
    if (!this.#shared) return true;
    const seconds = Math.ceil((issued + nonceLifetimeMs - this.#now()) / 1000) + 1;
    return (await this.#shared.claim(`nonce ${nonce} ${count}`, seconds)) !== false;
  }

  #add(nonce: string, issued: number): {counts: Uint32Array} {
    for (const [old, {issued}] of this.#uses) {
      const over = issued + nonceLifetimeMs <= this.#now();
      if (!over && this.#uses.size < mostNonces) break;
      this.#uses.delete(old);
      if (!over) this.#knownSince = Math.max(this.#knownSince, issued + 1);
    }
    const added = {issued, counts: new Uint32Array(window)};
    this.#uses.set(nonce, added);
    return added;
  }
}
