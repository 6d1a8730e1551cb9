const firstMs = 500;
const longestMs = 60_000;

/** How long what has failed waits until it is tried again: each time twice as long, until it succeeds. */
export class Backoff<Key> {
  readonly #failures = new Map<Key, number>();

  /** Milliseconds. */
  failed(key: Key): number {
    const before = this.#failures.get(key) ?? 0;
    this.#failures.set(key, before + 1);
    return Math.min(longestMs, firstMs * 2 ** before);
  }

  succeeded(key: Key): void {
    this.#failures.delete(key);
  }
}
