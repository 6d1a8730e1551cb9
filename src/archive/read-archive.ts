import {createHash} from 'node:crypto';
import type {FileHandle} from 'node:fs/promises';
import {Readable} from 'node:stream';
import {createGunzip} from 'node:zlib';
import {UserError} from '../base/user-error.ts';
import {type ReadEntry, readTar, TarError, wholeOf} from './read-tar.ts';
import {type Seal, sealName} from './write-archive.ts';

/** How an archive is called in what is said of it, and what has been read of its file so far. */
export interface Reading {
  readonly name: string;
  /** Bytes of the file that were read. */
  position?(bytes: number): void;
}

/**
 * The entries of an archive that `ArchiveWriter` wrote, the seal left out, from the start of the file. At the end the seal is held
 * against all that was read: whoever reads to the end has read what was written. Throws UserError where the file is no such archive, is
 * damaged or cut off.
 */
export async function* readArchive(file: FileHandle, {name, position}: Reading): AsyncGenerator<ReadEntry, Seal, undefined> {
  const hash = createHash('sha256');
  let hashed = 0;
  /** Bytes that were read but not yet counted in: where the seal begins is known only when it is met, near the end. */
  const kept: Buffer[] = [];
  let read = 0;
  const countIn = (upTo: number) => {
    while (hashed < upTo) {
      const [part] = kept;
      if (!part) throw new TarError('the archive is cut off');
      const wanted = Math.min(part.length, upTo - hashed);
      hash.update(part.subarray(0, wanted));
      hashed += wanted;
      if (wanted === part.length) kept.shift();
      else kept[0] = part.subarray(wanted);
    }
  };
  const source = Readable.from(parts(file, position));
  const plain = createGunzip();
  source.on('error', error => plain.destroy(error));
  source.pipe(plain);
  async function* bytes() {
    for await (const part of plain as AsyncIterable<Buffer>) {
      kept.push(part);
      read += part.length;
      if (read - hashed > 8 * mostSealBytes) countIn(read - mostSealBytes);
      yield part;
    }
  }
  let entries = 0;
  try {
    for await (const entry of readTar(bytes())) {
      countIn(entry.offset);
      if (entry.name === sealName) {
        const seal = sealFrom((await wholeOf(entry, 4096)).toString());
        if (seal.sha256 !== hash.digest('hex') || seal.entries !== entries) throw new TarError('its checksum is not right');
        return seal;
      }
      entries++;
      yield {...entry, bytes: () => explained(entry.bytes(), name)};
    }
    throw new TarError('the archive is cut off');
  } catch (error) {
    throw explain(error, name);
  } finally {
    source.unpipe(plain);
    source.destroy();
    plain.destroy();
  }
}

/** The file stays open. */
async function* parts(file: FileHandle, tell: Reading['position']): AsyncIterable<Buffer> {
  for (let at = 0; ; ) {
    const {bytesRead, buffer} = await file.read(Buffer.allocUnsafe(1 << 18), 0, 1 << 18, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    tell?.(at);
    yield buffer.subarray(0, bytesRead);
  }
}

/** The seal, its head and the end of the archive together are shorter. */
const mostSealBytes = 1 << 16;

async function* explained(bytes: AsyncIterable<Buffer>, name: string): AsyncIterable<Buffer> {
  try {
    yield* bytes;
  } catch (error) {
    throw explain(error, name);
  }
}

function sealFrom(json: string): Seal {
  try {
    const {entries, sha256} = JSON.parse(json) as Seal;
    return {entries: Number(entries), sha256: String(sha256)};
  } catch {
    throw new TarError('its seal cannot be read');
  }
}

function explain(error: unknown, name: string): unknown {
  const {code = '', message} = error as NodeJS.ErrnoException;
  if (error instanceof TarError || code.startsWith('Z_')) {
    const reason =
      code === 'Z_BUF_ERROR'
        ? 'the archive is cut off'
        : error instanceof TarError
          ? message
          : 'its bytes are not what was written';
    return new UserError(`${name} is damaged, or no backup at all: ${reason}.`, 'Take another copy of it, or an older backup.');
  }
  return error;
}
