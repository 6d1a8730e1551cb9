import {execFileSync} from 'node:child_process';
import {copyFile, open, readFile, stat, truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {gunzipSync, gzipSync} from 'node:zlib';
import fc from 'fast-check';
import {getAttribute} from 'fs-xattr';
import {describe, expect, test} from 'vitest';
import {readArchive} from '../../src/archive/read-archive.ts';
import {wholeOf} from '../../src/archive/read-tar.ts';
import {type Entry, printHead} from '../../src/archive/tar.ts';
import {ArchiveWriter} from '../../src/archive/write-archive.ts';
import {testWith} from '../support/programs.ts';
import {temporaryFolder} from '../support/temporary.ts';

type Given = readonly [entry: Entry, bytes: Buffer];

function file(name: string, bytes: Buffer, about: Partial<Entry> = {}): Given {
  const standard = {folder: false, mode: 0o640, modified: 1_790_000_000_123, uid: 1, gid: 2, attributes: new Map()};
  return [{...standard, name, sizeBytes: bytes.length, ...about}, bytes];
}

async function write(path: string, given: readonly Given[]): Promise<void> {
  await using handle = await open(path, 'w+');
  const archive = new ArchiveWriter(handle);
  for (const [entry, bytes] of given) await archive.add(entry, bytes);
  await archive.end({modified: 0, uid: 0, gid: 0});
}

async function read(path: string): Promise<Given[]> {
  await using handle = await open(path);
  const found: Given[] = [];
  for await (const entry of readArchive(handle, {name: 'x.tar.gz'})) {
    const bytes = await wholeOf(entry);
    const {offset, bytes: _, ...about} = entry;
    found.push([about, bytes]);
  }
  return found;
}

const names = fc
  .array(
    fc.string({unit: 'binary', minLength: 1, maxLength: 60}).filter(name => !/[/\0]/.test(name) && name.isWellFormed()),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map(all => all.join('/'));
const attributes = fc
  .array(fc.tuple(fc.stringMatching(/^user\.[ -~]{1,40}$/), fc.uint8Array({maxLength: 700})), {maxLength: 4})
  .map(all => new Map(all.map(([name, value]) => [name, Buffer.from(value)])));
const entries = fc
  .tuple(names, fc.uint8Array({maxLength: 1500}), attributes, fc.integer({min: 0, max: 4e12}), fc.integer({min: 0, max: 2 ** 31}))
  .map(([name, bytes, all, modified, uid]) => file(name, Buffer.from(bytes), {attributes: all, modified, uid}));

describe('an archive', () => {
  test('gives back whatever was put in: names, times, owners, attributes, bytes', async () => {
    const path = join(await temporaryFolder(), 'a.tar.gz');
    await fc.assert(
      fc.asyncProperty(fc.array(entries, {maxLength: 6}), async given => {
        await write(path, given);
        expect(await read(path)).toEqual(given);
      }),
      {numRuns: 60},
    );
  });

  test('of which a byte is another, or that ends too soon, is refused, wherever that is', async () => {
    const folder = await temporaryFolder();
    const [path, broken] = [join(folder, 'a.tar.gz'), join(folder, 'b.tar.gz')];
    const noise = Buffer.from(Array.from({length: 5000}, (_, at) => (at * 7919) % 251));
    await write(path, [
      file('a', noise),
      file('b/c', Buffer.from('bytes'), {attributes: new Map([['user.x', Buffer.from('y')]])}),
    ]);
    const {size} = await stat(path);
    const refused = () => expect(read(broken)).rejects.toThrow(/^x\.tar\.gz is damaged, or no backup at all: .*\.$/);
    await fc.assert(
      fc.asyncProperty(fc.integer({min: 0, max: size - 1}), async length => {
        await copyFile(path, broken);
        await truncate(broken, length);
        // Of the compressed file's own end nothing is needed where all that was sealed can be read.
        if (length < size - 16) await refused();
      }),
      {numRuns: 60},
    );
    const plain = gunzipSync(await readFile(path));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({min: 0, max: plain.length - 3 * 512 - 1}),
        fc.integer({min: 1, max: 255}),
        async (at, other) => {
          const changed = Buffer.from(plain);
          changed[at] = changed[at]! ^ other;
          await writeFile(broken, gzipSync(changed));
          await refused();
        },
      ),
      {numRuns: 150},
    );
  });

  test('can be taken back to a mark, and what came after it is not there', async () => {
    const path = join(await temporaryFolder(), 'a.tar.gz');
    await using handle = await open(path, 'w+');
    const archive = new ArchiveWriter(handle);
    const big = Buffer.alloc(3 << 20, 'x');
    await archive.add(...file('kept', big));
    const mark = await archive.mark();
    for (const name of ['gone', 'gone too']) {
      await archive.add(...file(name, big));
      await archive.rewind(mark);
    }
    await archive.add(...file('last', Buffer.from('1')));
    const {entries: count} = await archive.end({modified: 0, uid: 0, gid: 0});
    expect(count).toBe(2);
    expect((await read(path)).map(([{name}]) => name)).toEqual(['kept', 'last']);
  });

  test.each(['1', '2', '3', '4', '6', '7', 'L', 'g'])('with an entry of the type %s, such as a link, is refused', async type => {
    const path = join(await temporaryFolder(), 'a.tar.gz');
    const head = printHead({...file('a', Buffer.alloc(0))[0], modified: 0});
    head.write(type, 156);
    head.write('        ', 148);
    head.write(
      `${head
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
      'latin1',
    );
    await writeFile(path, gzipSync(Buffer.concat([head, Buffer.alloc(1024)])));
    await expect(read(path)).rejects.toThrow(/a is neither a file nor a folder/);
  });

  test('refuses a file that has other bytes than it was said to have', async () => {
    await using handle = await open(join(await temporaryFolder(), 'a'), 'w+');
    await expect(
      new ArchiveWriter(handle).add({...file('a', Buffer.from('12'))[0], sizeBytes: 3}, Buffer.from('12')),
    ).rejects.toThrow();
  });

  testWith('tar')('is one that GNU tar lists and takes out, attributes too', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.tar.gz');
    const long = `${'Straße und 日本/'.repeat(12)}ende.ics`;
    const attribute = 'user.WebDAV:{http:%2F%2Fexample.com%2F%3Dns}name';
    const value = Buffer.from([0x78, 0, 1, 2, 10, 61, 255]);
    await write(path, [
      file('folder', Buffer.alloc(0), {folder: true, mode: 0o750}),
      file('folder/short.ics', Buffer.from('short'), {attributes: new Map([[attribute, value]])}),
      file(long, Buffer.alloc(1000, 'z')),
    ]);
    const list = execFileSync('tar', ['--list', '--quoting-style=literal', '-f', path], {encoding: 'utf8'}).trim().split('\n');
    expect(list).toEqual(['folder/', 'folder/short.ics', long, 'SEAL.json']);
    execFileSync('tar', ['--extract', '--xattrs', '--no-same-owner', '-f', path, '-C', folder]);
    expect(await readFile(join(folder, 'folder/short.ics'), 'utf8')).toBe('short');
    expect(await getAttribute(join(folder, 'folder/short.ics'), attribute)).toEqual(value);
    expect(await readFile(join(folder, long))).toEqual(Buffer.alloc(1000, 'z'));
    expect(Math.round((await stat(join(folder, long))).mtimeMs)).toBe(1_790_000_000_123);
  });
});

describe('POSIX.1-2001 pax records', () => {
  test('count their own length, where it is on the edge of one more digit', () => {
    for (let length = 80; length < 120; length++) {
      const head = printHead(file('a', Buffer.alloc(0), {attributes: new Map([['user.x', Buffer.alloc(length, 'y')]])})[0]);
      const text = head.toString('latin1', 512);
      const record = /(\d+) SCHILY\.xattr\.user\.x=y+\n/.exec(text)!;
      expect(Number(record[1])).toBe(record[0].length);
    }
  });
});
