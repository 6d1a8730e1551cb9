import {createHash, type Hash} from 'node:crypto';
import type {FileHandle} from 'node:fs/promises';
import {promisify} from 'node:util';
import {gzip} from 'node:zlib';
import {type Entry, endOfArchive, padding, printHead} from './tar.ts';

const compress = promisify(gzip);

/** The name of the last entry: it tells how many there are, and the SHA-256 of all bytes of the archive before it. */
export const sealName = 'SEAL.json';

export interface Seal {
  readonly entries: number;
  readonly sha256: string;
}

/** So much is compressed by itself. gzip takes files that follow one upon the other for one (RFC 1952 §2.2). */
const memberBytes = 1 << 20;

/** Where an archive can be taken up again. */
export interface Mark {
  readonly position: number;
  readonly hash: Hash;
  readonly entries: number;
}

/** Writes a tar archive, compressed by gzip and sealed with its checksum, into an empty file. */
export class ArchiveWriter {
  readonly #file: FileHandle;
  #hash = createHash('sha256');
  #position = 0;
  #entries = 0;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Throws where there are not as many bytes as the entry says. */
  async add(entry: Entry, content: Uint8Array | AsyncIterable<Uint8Array> = new Uint8Array()): Promise<void> {
    await this.#write(printHead(entry));
    let written = 0;
    for await (const part of content instanceof Uint8Array ? [content] : content) {
      written += part.length;
      await this.#write(part);
    }
    if (written !== entry.sizeBytes) throw new Error(`${entry.name} has ${written} bytes, not ${entry.sizeBytes}`);
    await this.#write(padding(written));
    this.#entries++;
  }

  /** Remembers this place, to come back to with `rewind`. */
  async mark(): Promise<Mark> {
    await this.#flush();
    return {position: this.#position, hash: this.#hash.copy(), entries: this.#entries};
  }

  /** Takes back everything since the mark. */
  async rewind({position, hash, entries}: Mark): Promise<void> {
    this.#waiting = [];
    this.#waitingBytes = 0;
    await this.#file.truncate(position);
    this.#position = position;
    this.#hash = hash.copy();
    this.#entries = entries;
  }

  /** Seals the archive and makes it durable. */
  async end(about: Pick<Entry, 'modified' | 'uid' | 'gid'>): Promise<Seal & {readonly bytes: number}> {
    const seal: Seal = {entries: this.#entries, sha256: this.#hash.copy().digest('hex')};
    const content = Buffer.from(`${JSON.stringify(seal)}\n`);
    await this.add(
      {...about, name: sealName, folder: false, mode: 0o600, sizeBytes: content.length, attributes: new Map()},
      content,
    );
    await this.#write(endOfArchive);
    await this.#flush();
    await this.#file.sync();
    return {...seal, bytes: this.#position};
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#hash.update(bytes);
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= memberBytes) await this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#waitingBytes === 0) return;
    const member = await compress(Buffer.concat(this.#waiting));
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (let at = 0; at < member.length; ) {
      const {bytesWritten} = await this.#file.write(member, at, member.length - at, this.#position);
      at += bytesWritten;
      this.#position += bytesWritten;
    }
  }
}
