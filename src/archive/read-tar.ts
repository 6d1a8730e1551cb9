import {attributeKeyword, blockBytes, type Entry, unquoteKeyword} from './tar.ts';

/** What stands where a head should is none, or none that this program writes. */
export class TarError extends Error {}

/** One entry of an archive that is read. Its bytes must be taken before the next entry is asked for; what is left is passed over. */
export interface ReadEntry extends Entry {
  /** How many bytes of the archive stand before its head. */
  readonly offset: number;
  bytes(): AsyncIterable<Buffer>;
}

/** No head of ours is longer: it holds a path and the attributes of one file. */
const mostRecordBytes = 16 << 20;

/** Reads a tar archive from its first byte, `source`, on. Ends at the archive's end; throws TarError where it is cut off or none. */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<ReadEntry, void, undefined> {
  const bytes = new Bytes(source);
  try {
    for (;;) {
      const offset = bytes.taken;
      const {header, records} = await readHead(bytes);
      if (!header) return;
      const entry = entryFrom(header, records);
      let left = entry.sizeBytes;
      const rest = (blockBytes - (left % blockBytes)) % blockBytes;
      async function* body() {
        while (left > 0) {
          const part = await bytes.some(left);
          left -= part.length;
          yield part;
        }
      }
      yield {...entry, offset, bytes: body};
      for await (const _ of body());
      await bytes.take(rest);
    }
  } finally {
    await bytes.end();
  }
}

/** The bytes of an entry, all of them. Throws TarError where there are more than `mostBytes`. */
export async function wholeOf(entry: ReadEntry, mostBytes = 1 << 30): Promise<Buffer> {
  if (entry.sizeBytes > mostBytes) throw new TarError(`${entry.name} has ${entry.sizeBytes} bytes`);
  const parts: Buffer[] = [];
  for await (const part of entry.bytes()) parts.push(part);
  return Buffer.concat(parts);
}

type Records = ReadonlyMap<string, Buffer>;

async function readHead(bytes: Bytes): Promise<{header?: Buffer; records: Records}> {
  let records: Records = new Map();
  for (;;) {
    const header = await bytes.take(blockBytes);
    if (header.every(byte => byte === 0)) return {records};
    checkSum(header);
    if (header.toString('latin1', 156, 157) !== 'x') return {header, records};
    const size = number(header, 124, 12);
    if (size > mostRecordBytes) throw new TarError(`a head of ${size} bytes`);
    records = recordsFrom(await bytes.take(size));
    await bytes.take((blockBytes - (size % blockBytes)) % blockBytes);
  }
}

function entryFrom(header: Buffer, records: Records): Entry {
  const type = header.toString('latin1', 156, 157);
  const path = records.get('path')?.toString() ?? text(header, 0, 100);
  if (type !== '0' && type !== '5') throw new TarError(`${path} is neither a file nor a folder`);
  const value = (keyword: string, at: number, length: number) => {
    const given = records.get(keyword)?.toString();
    if (given === undefined) return number(header, at, length);
    if (!/^-?\d+(\.\d+)?$/.test(given)) throw new TarError(`${keyword} is ${JSON.stringify(given)}`);
    return Number(given);
  };
  const attributes = [...records]
    .filter(([keyword]) => keyword.startsWith(attributeKeyword))
    .map(([keyword, bytes]) => [unquoteKeyword(keyword.slice(attributeKeyword.length)), bytes] as const);
  const folder = type === '5';
  const sizeBytes = value('size', 124, 12);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || (folder && sizeBytes > 0))
    throw new TarError(`${path} has ${sizeBytes} bytes`);
  return {
    name: folder ? path.replace(/\/$/, '') : path,
    folder,
    sizeBytes,
    mode: number(header, 100, 8) & 0o7777,
    modified: Math.round(value('mtime', 136, 12) * 1000),
    uid: value('uid', 108, 8),
    gid: value('gid', 116, 8),
    attributes: new Map(attributes),
  };
}

function recordsFrom(bytes: Buffer): Records {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('latin1', at, space));
    const equals = bytes.indexOf(0x3d, space);
    const end = at + length;
    if (
      !(
        Number.isInteger(length) &&
        space > at &&
        equals > space &&
        end > equals &&
        end <= bytes.length &&
        bytes[end - 1] === 0x0a
      )
    )
      throw new TarError('a head that is none');
    records.set(bytes.toString('utf8', space + 1, equals), Buffer.from(bytes.subarray(equals + 1, end - 1)));
    at = end;
  }
  return records;
}

function checkSum(header: Buffer): void {
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  if (number(header, 148, 8) !== sum) throw new TarError('a head that is none');
}

function text(header: Buffer, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

function number(header: Buffer, at: number, length: number): number {
  const digits = text(header, at, length).trim();
  if (!/^[0-7]+$/.test(digits)) throw new TarError('a head that is none');
  return Number.parseInt(digits, 8);
}

/** A stream of bytes, taken as many at a time as are wanted. */
class Bytes {
  taken = 0;
  readonly #source: AsyncIterator<Uint8Array>;
  #buffered: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** At least one and at most so many. Throws TarError at the end. */
  async some(most: number): Promise<Buffer> {
    while (this.#buffered.length === 0) {
      const next = await this.#source.next();
      if (next.done) throw new TarError('the archive is cut off');
      this.#buffered = Buffer.from(next.value);
    }
    const part = this.#buffered.subarray(0, most);
    this.#buffered = this.#buffered.subarray(part.length);
    this.taken += part.length;
    return part;
  }

  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = length; left > 0; ) {
      const part = await this.some(left);
      left -= part.length;
      parts.push(part);
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  async end(): Promise<void> {
    await this.#source.return?.();
  }
}
