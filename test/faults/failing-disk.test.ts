import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {Harness} from '../crash/harness.ts';
import {canFake, type Fault, Faulty} from './faulty.ts';

vi.setConfig({testTimeout: 90_000, hookTimeout: 90_000});

const seed = Number(process.env.CALDAV_CRASH_SEED ?? Date.now() % 1_000_000);
/** The long form: `CALDAV_FAULT_MS=1000 npx vitest run test/faults`. */
const long = Number(process.env.CALDAV_FAULT_MS ?? 0);
const loadMs = long || 120;

/** Each step of the way from a request to its file, failing for a while. An fsync that fails loses what it was to keep. */
const faults: readonly (Fault & {readonly what: string})[] = [
  {what: 'the journal cannot be synced', calls: ['sync'], error: 'EIO', path: '.home.sqlite-wal'},
  {what: 'one sync of the journal fails', calls: ['sync'], error: 'EIO', path: '.home.sqlite-wal', first: 3, most: 1},
  {what: 'the journal cannot be written', calls: ['write'], error: 'EIO', path: '.home.sqlite-wal'},
  {what: 'the journal has no room', calls: ['write'], error: 'ENOSPC', path: '.home.sqlite-wal'},
  {what: 'the index cannot be synced', calls: ['sync'], error: 'EIO', path: '.home.sqlite'},
  {what: 'the index cannot be written', calls: ['write'], error: 'EIO', path: '.home.sqlite'},
  {what: 'files cannot be synced', calls: ['sync'], error: 'EIO', path: '/.writing/'},
  {what: 'some files cannot be synced', calls: ['sync'], error: 'EIO', path: '/.writing/', first: 1, most: 2},
  {what: 'files cannot be written', calls: ['write'], error: 'EIO', path: '/.writing/'},
  {what: 'files find no room', calls: ['write', 'create'], error: 'ENOSPC', path: '/.writing/'},
  {what: 'files cannot be moved to their places, nor removed', calls: ['change'], error: 'EIO', path: '/docs/'},
  {what: 'folders cannot be synced', calls: ['sync'], error: 'EIO', path: '/calendar'},
  {what: 'attributes find no room', calls: ['attributes'], error: 'ENOSPC', path: '/docs/'},
  {what: 'attributes cannot be set', calls: ['attributes'], error: 'EIO', path: '/docs/'},
  {what: 'the disk has become read-only', calls: ['create', 'write', 'change', 'attributes'], error: 'EROFS', path: '/docs/'},
  {
    what: 'nothing can be written or synced',
    calls: ['create', 'write', 'sync', 'change', 'attributes'],
    error: 'EIO',
    path: '/docs/',
  },
  {what: 'no file can be opened any more', calls: ['open'], error: 'EMFILE', path: '/docs/'},
];

describe.skipIf(!canFake)(`a disk that fails (needs Linux and a C compiler; CALDAV_CRASH_SEED=${seed})`, () => {
  let folder: string;
  let faulty: Faulty;
  let harness: Harness;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'caldav-faults-'));
    faulty = new Faulty(folder);
    harness = await Harness.make(folder, seed, {workers: 1, env: faulty.env});
    await harness.crew.start();
    await harness.load(loadMs);
  });

  afterAll(async () => {
    await harness?.[Symbol.asyncDispose]();
    rmSync(folder, {recursive: true, force: true});
  });

  test.for(faults)('$what: what was answered is kept, nothing is torn, and all goes on once the disk is well', async fault => {
    const before = harness.totals();
    faulty.fail(fault);
    await harness.load(loadMs);
    await expect.poll(() => faulty.failed, {timeout: 5_000}).toBeGreaterThan(0);
    faulty.heal();
    await harness.check();
    await harness.load(loadMs);
    expect(harness.totals().answered).toBeGreaterThan(before.answered);
  });

  const killed = faults.filter((_, at) => long > 0 || at % 6 === seed % 6);
  test.for(killed)('$what, and then the server is killed: the same', async fault => {
    faulty.fail(fault);
    harness.crew.prepare();
    await harness.load(loadMs, () => harness.crew.kill());
    faulty.heal();
    await harness.crew.start();
    await harness.check();
  });

  test('and when all is done its files are what it served', async () => {
    await harness.cleanStop();
  });
});
