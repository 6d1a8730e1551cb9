import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {readLeapSeconds} from '../../src/timezones/leap-seconds.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leap-'));
});
afterEach(() => rm(folder, {recursive: true}));

const written = async (expires: number, lines: number) => {
  const file = join(folder, 'leap-seconds.list');
  const text = Array.from({length: lines}, (_, index) => `${2_272_060_800 + index * 31_536_000}\t${10 + index}\t# day`);
  await writeFile(file, `#\t a comment\n#@\t${expires}\n${text.join('\n')}\n`);
  return file;
};

describe('leap seconds', () => {
  test('are the system’s where its list is newer', async () => {
    const {expires, leapseconds} = readLeapSeconds(await written((Date.UTC(2040, 5, 28) - Date.UTC(1900, 0)) / 1000, 30));
    expect(expires).toBe('2040-06-28');
    expect(leapseconds).toHaveLength(30);
    expect(leapseconds[0]).toEqual({'utc-offset': 10, onset: '1972-01-01'});
  });

  test.each([
    ['an older list', (Date.UTC(2020, 5, 28) - Date.UTC(1900, 0)) / 1000, 30],
    ['a list that is cut short', (Date.UTC(2040, 5, 28) - Date.UTC(1900, 0)) / 1000, 5],
  ])('are those known here in place of %s', async (_, expires, lines) => {
    const found = readLeapSeconds(await written(expires, lines));
    expect([found.expires, found.leapseconds.length]).toEqual(['2026-06-28', 28]);
  });

  test('are those known here where there is no list', () => {
    expect(readLeapSeconds(join(folder, 'none')).leapseconds.at(-1)).toEqual({'utc-offset': 37, onset: '2017-01-01'});
  });
});
