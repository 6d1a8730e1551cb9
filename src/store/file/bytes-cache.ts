/** Bytes of objects by their ETag, which is their hash: an entry is never out of date, only no longer needed. */
export class BytesCache {
  readonly #mostBytes: number;
  readonly #entries = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get(etag: string): Uint8Array | undefined {
    const bytes = this.#entries.get(etag);
    if (bytes) {
      this.#entries.delete(etag);
      this.#entries.set(etag, bytes);
    }
    return bytes;
  }

  /** The least recently used go to make room; one object never takes more than an eighth of it. */
  set(etag: string, bytes: Uint8Array): void {
    if (this.#entries.has(etag) || bytes.length > this.#mostBytes / 8) return;
    this.#entries.set(etag, bytes);
    this.#bytes += bytes.length;
    for (const [oldest, {length}] of this.#entries) {
      if (this.#bytes <= this.#mostBytes) return;
      this.#entries.delete(oldest);
      this.#bytes -= length;
    }
  }
}
