/** A file or folder of an archive, without its bytes. */
export interface Entry {
  /** Its path in the archive, names joined by `/`, without a slash at either end. */
  readonly name: string;
  readonly folder: boolean;
  /** Of a folder 0. */
  readonly sizeBytes: number;
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly uid: number;
  readonly gid: number;
  /** Extended attributes by their full names, `user.…`. */
  readonly attributes: ReadonlyMap<string, Uint8Array>;
}

export const blockBytes = 512;
/** The keyword that GNU tar, star and libarchive keep an extended attribute under. */
export const attributeKeyword = 'SCHILY.xattr.';

/**
 * The head of an entry: a ustar header (POSIX.1-1988) and before it, where that does not hold all there is to say, a pax extended header
 * (POSIX.1-2001).
 */
export function printHead(entry: Entry): Buffer {
  const records = recordsOf(entry);
  const header = printHeader(entry, entry.folder ? '5' : '0', entry.sizeBytes);
  if (records.length === 0) return header;
  const pax = {...entry, name: `PaxHeaders/${entry.name.slice(entry.name.lastIndexOf('/') + 1)}`, folder: false, mode: 0o600};
  return Buffer.concat([printHeader(pax, 'x', records.length), records, padding(records.length), header]);
}

/** The zeros that fill up the last block of so many bytes. */
export function padding(bytes: number): Buffer {
  return Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes);
}

/** The end of every archive. */
export const endOfArchive = Buffer.alloc(2 * blockBytes);

function recordsOf({name, folder, sizeBytes, modified, uid, gid, attributes}: Entry): Buffer {
  const records: Buffer[] = [];
  const add = (keyword: string, value: string | Uint8Array) => records.push(record(keyword, value));
  const path = folder ? `${name}/` : name;
  if (!fits(path)) add('path', path);
  if (!Number.isInteger(modified / 1000) || modified < 0 || modified / 1000 > maxOctal(11)) add('mtime', String(modified / 1000));
  if (sizeBytes > maxOctal(11)) add('size', String(sizeBytes));
  if (uid > maxOctal(7)) add('uid', String(uid));
  if (gid > maxOctal(7)) add('gid', String(gid));
  for (const [attribute, value] of attributes) add(attributeKeyword + quoteKeyword(attribute), value);
  return Buffer.concat(records);
}

/** `length keyword=value\n`, where the length counts itself too. */
function record(keyword: string, value: string | Uint8Array): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${keyword}=`), Buffer.from(value as Uint8Array), Buffer.from('\n')]);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

/** As GNU tar does: a keyword ends with `=`. */
function quoteKeyword(attribute: string): string {
  return attribute.replaceAll('%', '%25').replaceAll('=', '%3D');
}

/** The reverse of `quoteKeyword`. */
export function unquoteKeyword(keyword: string): string {
  return keyword.replaceAll('%3D', '=').replaceAll('%25', '%');
}

function fits(path: string): boolean {
  return path.length <= 100 && /^[\x20-\x7e]*$/.test(path);
}

const maxOctal = (digits: number) => 8 ** digits - 1;

function printHeader({name, folder, mode, modified, uid, gid}: Entry, type: string, sizeBytes: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, digits: number) =>
    Math.min(Math.max(0, Math.floor(value)), maxOctal(digits))
      .toString(8)
      .padStart(digits, '0');
  // What does not fit here stands in the pax header; the rest of the name says something to programs that know none.
  const short = (folder ? `${name}/` : name).replace(/[^\x20-\x7e]/g, '_').slice(0, 100);
  header.write(short, 0, 'latin1');
  header.write(octal(mode, 7), 100);
  header.write(octal(uid, 7), 108);
  header.write(octal(gid, 7), 116);
  header.write(octal(sizeBytes, 11), 124);
  header.write(octal(modified / 1000, 11), 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257, 'latin1');
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
    'latin1',
  );
  return header;
}
