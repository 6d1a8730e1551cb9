import {randomBytes} from 'node:crypto';
import {createHmacOf} from '../base/hmac.ts';
import type {SharedMemory} from '../base/shared-memory.ts';
import type {Directory, Principal} from './principal.ts';

type Verification = () => Promise<Principal | undefined>;

/** How long an answer is remembered, and how many of each kind. */
const lifetimeMs = 10 * 60_000;
const mostRemembered = 20_000;

/**
 * Remembers for some minutes which passwords were right and which were wrong, so that argon2id does not run on every request. Entries
 * are keyed by an HMAC under a key that only this process has; they hold no password and stop being found when the stored one changes.
 * What it does not remember itself it asks the others, where they share a memory.
 */
export class VerifiedCredentials {
  readonly #hmac = createHmacOf(randomBytes(32));
  readonly #right = new Map<string, {guid: string; until: number}>();
  readonly #wrong = new Map<string, {until: number}>();
  readonly #running = new Map<string, Promise<Principal | undefined>>();
  readonly #generations = new WeakMap<Directory, number>();
  readonly #now: () => number;
  readonly #shared: SharedMemory | undefined;
  #generation = 0;

  constructor(now: () => number = Date.now, shared?: SharedMemory) {
    this.#now = now;
    this.#shared = shared;
  }

  /** What a name and a password are remembered by, as they are in this directory; it tells nothing of them. */
  keyOf(directory: Directory, name: string, password: string): string {
    const tag = directory.credentialTag?.(name) ?? this.#generationOf(directory);
    return this.#hmac(JSON.stringify([name, tag, password]));
  }

  /** What is remembered by a key (`keyOf`) of this directory: whose they are, that they are wrong, or nothing. */
  recall(directory: Directory, key: string): Principal | 'wrong' | undefined {
    const right = this.#right.get(key);
    if (right && right.until > this.#now()) return directory.findByGuid(right.guid);
    const wrong = this.#wrong.get(key);
    return wrong && wrong.until > this.#now() ? 'wrong' : undefined;
  }

  /**
   * Verifies when `turn` lets it, and remembers the answer. The same name and password asked for by the same client at the same time
   * are verified once.
   */
  verify(
    directory: Directory,
    name: string,
    password: string,
    client = '',
    turn: (work: Verification) => ReturnType<Verification> = work => work(),
  ): ReturnType<Verification> {
    const key = this.keyOf(directory, name, password);
    const running = this.#running.get(`${key} ${client}`);
    if (running) return running;
    const begun = turn(() => this.#ask(key, directory, name, password)).finally(() => this.#running.delete(`${key} ${client}`));
    this.#running.set(`${key} ${client}`, begun);
    return begun;
  }

  async #ask(key: string, directory: Directory, name: string, password: string): ReturnType<Verification> {
    const found = await this.#askOthers(directory, name, password);
    const principal = found === undefined ? await directory.verify(name, password) : found.principal;
    const until = this.#now() + lifetimeMs;
    if (principal) remember(this.#right, key, {guid: principal.guid, until});
    else remember(this.#wrong, key, {until});
    if (found === undefined) this.#tellOthers(directory, name, password, principal);
    return principal;
  }

  /** What another process has found out; undefined: nothing is known of one. */
  async #askOthers(directory: Directory, name: string, password: string): Promise<{principal?: Principal} | undefined> {
    const entry = this.#shared && sharedName(directory, name, password);
    const told = entry && (await this.#shared!.recall(entry));
    if (!told) return undefined;
    if (told === wrong) return {};
    const principal = directory.findByGuid(told);
    return principal && {principal};
  }

  #tellOthers(directory: Directory, name: string, password: string, principal: Principal | undefined): void {
    const entry = this.#shared && sharedName(directory, name, password);
    if (entry) void this.#shared!.remember(entry, principal?.guid ?? wrong, lifetimeMs / 1000);
  }

  #generationOf(directory: Directory): number {
    const known = this.#generations.get(directory);
    if (known !== undefined) return known;
    this.#generations.set(directory, ++this.#generation);
    return this.#generation;
  }
}

/** No GUID has a space. */
const wrong = 'is wrong';

/** Undefined where the directory cannot tell another process what the password was compared with: then a change would go unnoticed. */
function sharedName(directory: Directory, name: string, password: string): string | undefined {
  const tag = directory.credentialTag?.(name);
  return tag === undefined ? undefined : JSON.stringify(['password', name, tag, password]);
}

/** Adds as the newest, at the cost of the oldest where there are too many. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > mostRemembered) map.delete(map.keys().next().value!);
}
