import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {createHomeFolder} from '../../../src/store/file/home-folder.ts';
import {openIndex} from '../../../src/store/file/index-file.ts';
import {homeFolder, indexName} from '../../../src/store/file/layout.ts';
import {OpenHome} from '../../../src/store/file/open-home.ts';
import type {Operation} from '../../../src/store/file/operations.ts';
import {Pen} from '../../../src/store/file/pen.ts';
import {signatureAt} from '../../../src/store/file/signature.ts';
import {writeOut} from '../../../src/store/file/write-out.ts';
import {temporaryFolder} from '../../support/temporary.ts';

const home = 'calendars/a0000000-0000-4000-8000-000000000001';
const scribe = `${process.pid}-me`;
const put = (path: string): Operation => ({
  change: 'put',
  path,
  bytes: Buffer.from(path),
  etag: path,
  index: undefined,
  properties: new Map(),
  resourceId: undefined,
});

/** A home whose journal holds a collection and so many objects. */
async function openOwing(objects: number): Promise<OpenHome> {
  const root = await temporaryFolder();
  const work: Operation = {change: 'collection', path: 'work', types: [], properties: new Map(), resourceId: undefined};
  const operations = [work, ...Array.from({length: objects}, (_, at) => put(`work/${at}`))];
  createHomeFolder(root, home, operations, 'one start', false);
  const folder = homeFolder(root, home);
  const open = new OpenHome(home, folder, openIndex(join(folder, indexName))!, false);
  onTestFinished(() => open.close());
  return open;
}

describe('writing out a journal', () => {
  test('goes on until all files are there, and the index knows their look', async () => {
    const open = await openOwing(300);
    expect(await writeOut(open, scribe)).toBe('more');
    expect(await writeOut(open, scribe)).toBe('done');
    expect(open.oldestPending()).toBeUndefined();
    for (const at of [0, 150, 299]) {
      const file = join(open.folder, 'work', `${at}`);
      expect(readFileSync(file, 'utf8')).toBe(`work/${at}`);
      expect(open.ledger.look.row(`work/${at}`)?.file).toBe(signatureAt(file));
    }
    expect(open.ledger.look.row('work')?.file).toBe(signatureAt(join(open.folder, 'work')));
  });

  test('leaves for another time what came after a moment', async () => {
    const open = await openOwing(3);
    const [, , second] = open.ledger.all('SELECT seq FROM pending ORDER BY seq') as {seq: number}[];
    expect(await writeOut(open, scribe, second!.seq)).toBe('done');
    expect([0, 1, 2].map(at => existsSync(join(open.folder, 'work', `${at}`)))).toEqual([true, true, false]);
    expect(open.oldestPending()).toBeGreaterThan(second!.seq);
    expect(await writeOut(open, scribe)).toBe('done');
    expect(open.oldestPending()).toBeUndefined();
  });

  test('is left to the other process that is at it, until that has laid down the pen', async () => {
    const open = await openOwing(1);
    const pen = (await open.exclusively(ledger => Pen.take(ledger, `${process.pid}-other`)))!;
    expect(await writeOut(open, scribe)).toBe('busy');
    expect(existsSync(join(open.folder, 'work'))).toBe(false);
    await open.exclusively(ledger => pen.layDown(ledger));
    expect(await writeOut(open, scribe)).toBe('done');
  });

  test('ends where another has taken the pen meanwhile, and nothing is struck out for it', async () => {
    const open = await openOwing(100);
    const writing = writeOut(open, scribe);
    const taken = (await open.exclusively(ledger => Pen.take(ledger, scribe)))!;
    expect(await writing).toBe('busy');
    expect(open.ledger.all('SELECT * FROM pending')).toHaveLength(101);
    await open.exclusively(ledger => taken.layDown(ledger));
    expect(await writeOut(open, scribe)).toBe('done');
  });
});
