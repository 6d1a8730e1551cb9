import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type AttributesReport, missingModule, probeAttributes} from '../../src/doctor/attributes-probe.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'caldav-probe-'));
});
afterAll(() => rmSync(folder, {recursive: true}));

const probeFile = fileURLToPath(new URL('../../src/doctor/attributes-probe.ts', import.meta.url));

/** Probes a file system of its own, mounted where no other process sees it; only root may. */
function probeMounted(type: string): AttributesReport {
  const point = join(folder, type);
  mkdirSync(point, {recursive: true});
  const script = `mount -t ${type} ${type} "$1" && exec "$2" --input-type=module -e \
    'import(process.argv[1]).then(m => m.probeAttributes(process.argv[2])).then(r => console.log(JSON.stringify(r)))' "$3" "$1"`;
  const args = ['-m', 'sh', '-c', script, 'sh', point, process.execPath, probeFile];
  return JSON.parse(execFileSync('unshare', args, {encoding: 'utf8'}));
}

describe('probeAttributes', () => {
  test('where they work, every step does, and the sizes are measured', async () => {
    const report = await probeAttributes(folder);
    expect(report).toMatchObject({works: true, failed: undefined, problem: '', fix: '', probed: folder});
    expect(report.steps).toEqual(['write', 'set', 'get', 'list', 'replace', 'rename', 'remove']);
    expect(report.largestValueBytes).toBeGreaterThan(1000);
    expect(report.largestValueBytes).toBeLessThanOrEqual(65536);
    expect(report.totalBytes).toBeGreaterThan(1000);
  });

  test('a folder that is not there yet is tried in the nearest parent that is', async () => {
    const report = await probeAttributes(join(folder, 'data', 'documents'));
    expect(report).toMatchObject({works: true, probed: folder, folder: join(folder, 'data', 'documents')});
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  test('nothing is left behind', async () => {
    const before = readdirSync(folder);
    await probeAttributes(folder);
    expect(readdirSync(folder)).toEqual(before);
  });

  test.runIf(process.platform === 'linux')('a file system that takes no files is reported, with advice', async () => {
    const report = await probeAttributes('/proc/self');
    expect(report).toMatchObject({works: false, steps: [], failed: {step: 'write'}, largestValueBytes: 0});
    expect(report.problem).toContain('proc');
    expect(report.fix).not.toBe('');
  });

  test('the commands shown are safe to paste for a folder with a quote in its name', async () => {
    const odd = join(folder, "ann's data");
    mkdirSync(odd);
    const {get} = (await probeAttributes(odd)).commands;
    expect(get).toContain(`'\\''s data/FILE'`);
  });

  const root = process.geteuid?.() === 0 && process.platform === 'linux';
  test.runIf(root)('ramfs has none: what fails is set, and the advice is to put the data elsewhere (as root)', () => {
    const report = probeMounted('ramfs');
    expect(report).toMatchObject({
      works: false,
      steps: ['write'],
      failed: {step: 'set', code: 'ENOTSUP'},
      mount: {type: 'ramfs'},
    });
    expect(report.problem).toContain('ramfs keeps no attributes at all');
    expect(report.fix).toContain('ext4, XFS, btrfs or ZFS');
  });
});

test('a module that was never built is reported with what to install', () => {
  const {problem, fix} = missingModule("Cannot find module './build/Release/xattr'");
  expect(problem).toContain('fs-xattr');
  expect(fix).toContain('npm run build'); // npm rebuild does nothing for a module that npm has left out
});
