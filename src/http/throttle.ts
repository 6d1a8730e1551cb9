import {isIPv6} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import type {SharedMemory} from '../base/shared-memory.ts';
import {HttpRefusal} from './refusal.ts';

/** Who tries to log in as whom. */
export interface Attempt {
  readonly address: string;
  readonly account: string;
}

export interface ThrottleOptions {
  now?(): number;
  sleep?(ms: number): Promise<unknown>;
  readonly shared?: SharedMemory | undefined;
}

/** So many wrong passwords are free; then one more every `leakMs`. */
const burst = 10;
const leakMs = 30_000;
/** The longest that an attempt on an account under attack waits for its turn. */
const longestDelayMs = 5_000;
const mostWaitingHere = 500;
const mostWaiting = 1_000;
const mostRemembered = 20_000;
const goodForMs = 24 * 60 * 60_000;

/**
 * Slows down whoever guesses passwords. Wrong ones are counted per address (an IPv6 one by its /64) and per account. An address that has
 * spent its free ones hears 429; an account that many addresses try is answered more slowly, but a right password gets through. An
 * address that has logged in to an account lately has a count of its own for it, which others cannot spend. Workers that share a memory
 * count together.
 */
export class Throttle {
  readonly #now: () => number;
  readonly #sleep: (ms: number) => Promise<unknown>;
  readonly #shared: SharedMemory | undefined;
  readonly #levels = new Map<string, {level: number; at: number}>();
  readonly #good = new Map<string, number>();
  readonly #busy = new Map<string, {running: number; waiting: (() => void)[]}>();
  #waiting = 0;

  constructor({now = Date.now, sleep: wait = sleep, shared}: ThrottleOptions = {}) {
    this.#now = now;
    this.#sleep = wait;
    this.#shared = shared;
  }

  /**
   * Throws HttpRefusal 429 where this address has spent its free guesses. Asked before a password is compared with those remembered as
   * right, which costs nothing: otherwise somebody could go on guessing until one of them is met.
   */
  admit(attempt: Attempt): void {
    if (this.#levels.size === 0) return;
    const {address, pair} = keys(attempt);
    const level = this.#level((this.#good.get(pair) ?? 0) > this.#now() ? pair : address);
    if (level + 1 > burst) throw tooMany((level + 1 - burst) * leakMs);
  }

  /** Runs a check that costs much. Undefined from it means that the password was wrong. Throws HttpRefusal 429 or 503 without running it. */
  async attempt<T>(attempt: Attempt, check: () => Promise<T | undefined>): Promise<T | undefined> {
    const {address, account, pair} = keys(attempt);
    if (this.#shared) await this.#learn(this.#shared, [address, account, pair], pair);
    const known = (this.#good.get(pair) ?? 0) > this.#now();
    const counter = known ? pair : address;
    await this.#enter(counter);
    try {
      if (!known) await this.#pause(this.#level(account) - burst);
      const answer = await check();
      if (answer === undefined) await this.#count(address, account, pair);
      else this.#trust(pair);
      return answer;
    } finally {
      this.#leave(counter);
    }
  }

  /** Runs a check that costs nothing: a right answer is never held up, a wrong one takes the longer the more there were. */
  async answer<T>(attempt: Attempt, check: () => T | undefined): Promise<T | undefined> {
    const {address, account, pair} = keys(attempt);
    const pending = `${address} slow`;
    if ((this.#busy.get(pending)?.running ?? 0) >= burst) throw tooMany(longestDelayMs);
    const answer = check();
    if (answer !== undefined) return answer;
    const busy = this.#busyOf(pending);
    busy.running++;
    try {
      await this.#count(address, account, pair);
      await this.#pause(Math.max(this.#level(address), this.#level(account)) - burst / 2);
    } finally {
      this.#leave(pending);
    }
    return undefined;
  }

  /** Takes a place among those that this counter still allows, waiting where the others' outcome decides. */
  async #enter(counter: string): Promise<void> {
    for (;;) {
      const level = this.#level(counter);
      if (level + 1 > burst) throw tooMany((level + 1 - burst) * leakMs);
      const busy = this.#busyOf(counter);
      if (level + busy.running + 1 <= burst) {
        busy.running++;
        return;
      }
      if (busy.waiting.length >= mostWaitingHere) throw tooMany(longestDelayMs);
      if (this.#waiting >= mostWaiting) {
        throw new HttpRefusal(503, 'Too many are logging in at once. Try again in some seconds.', {'retry-after': '5'});
      }
      this.#waiting++;
      await new Promise<void>(resolve => busy.waiting.push(resolve)).finally(() => this.#waiting--);
    }
  }

  #leave(counter: string): void {
    const busy = this.#busyOf(counter);
    busy.running--;
    const waiting = busy.waiting.splice(0);
    if (busy.running === 0) this.#busy.delete(counter);
    for (const wake of waiting) wake();
  }

  #busyOf(counter: string): {running: number; waiting: (() => void)[]} {
    const busy = this.#busy.get(counter) ?? {running: 0, waiting: []};
    this.#busy.set(counter, busy);
    return busy;
  }

  async #pause(over: number): Promise<void> {
    if (over > 0) await this.#sleep(Math.min(longestDelayMs, 125 * 2 ** Math.min(over, 10)));
  }

  async #count(...counters: string[]): Promise<void> {
    if (this.#shared) await this.#learn(this.#shared, counters);
    const at = this.#now();
    for (const counter of counters) {
      const level = Math.min(this.#level(counter) + 1, 2 * burst);
      this.#remember(this.#levels, counter, {level, at});
      void this.#shared?.remember(`wrong passwords ${counter}`, `${level} ${at}`, Math.ceil((level * leakMs) / 1000));
    }
  }

  #trust(pair: string): void {
    const until = this.#now() + goodForMs;
    this.#remember(this.#good, pair, until);
    void this.#shared?.remember(`right password ${pair}`, String(until), goodForMs / 1000);
  }

  /** Takes over what others have counted where it is more. */
  async #learn(shared: SharedMemory, counters: readonly string[], pair?: string): Promise<void> {
    const [until, ...levels] = await Promise.all([
      pair === undefined ? undefined : shared.recall(`right password ${pair}`),
      ...counters.map(counter => shared.recall(`wrong passwords ${counter}`)),
    ]);
    if (pair !== undefined && until) this.#remember(this.#good, pair, Number(until));
    counters.forEach((counter, index) => {
      const [level = 0, at = 0] = (levels[index] ?? '').split(' ').map(Number);
      const now = Math.min(at, this.#now());
      if (level - (this.#now() - now) / leakMs > this.#level(counter)) this.#remember(this.#levels, counter, {level, at: now});
    });
  }

  #level(counter: string): number {
    const counted = this.#levels.get(counter);
    return counted ? Math.max(0, counted.level - (this.#now() - counted.at) / leakMs) : 0;
  }

  /** Adds as the newest, at the cost of the oldest where there are too many. */
  #remember<T>(map: Map<string, T>, key: string, value: T): void {
    map.delete(key);
    map.set(key, value);
    if (map.size > mostRemembered) map.delete(map.keys().next().value!);
  }
}

function keys({address, account}: Attempt): {address: string; account: string; pair: string} {
  const network = networkOf(address);
  const name = account.normalize('NFC').toLowerCase().slice(0, 256);
  return {address: `from ${network}`, account: `as ${name}`, pair: `from ${network} as ${name}`};
}

/** An IPv6 address by its first 64 bits, as one customer has them all; IPv4 whole, however it is written. */
function networkOf(address: string): string {
  const plain = address.replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain);
  if (mapped) return mapped[1]!;
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head.split(':').filter(Boolean);
  const rest = (tail ?? '').split(':').filter(Boolean);
  const all =
    tail === undefined ? groups : [...groups, ...Array(Math.max(0, 8 - groups.length - rest.length)).fill('0'), ...rest];
  return all
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':');
}

function tooMany(waitMs: number): HttpRefusal {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  const message = `Too many wrong passwords came from this address. Try again in ${seconds} seconds.`;
  return new HttpRefusal(429, message, {'retry-after': String(seconds)});
}
