import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';
import {describe, expect, test} from 'vitest';

const src = join(import.meta.dirname, '../src');

/**
 * The rooms of src/ by floor, the highest first. A file imports from its own room, from rooms further down in its floor's chain (the
 * left may import the right, rooms side by side may not) and from floors below.
 */
const floors: readonly (readonly (readonly string[])[])[] = [
  [['cli'], ['setup'], ['doctor', 'tester'], ['server']],
  [['web', 'timezones', 'carddav', 'caldav'], ['scheduling'], ['webdav'], ['http']],
  [['store', 'accounts']],
  [['archive', 'config', 'certificates', 'memcached', 'itip', 'vcard', 'xml'], ['ical'], ['base']],
];

const ranks = new Map(floors.flat().flatMap((rooms, rank) => rooms.map(room => [room, rank] as const)));

/** Every file of src/ and the files it imports, types included. */
const imports = new Map(
  readdirSync(src, {recursive: true, encoding: 'utf8'})
    .filter(file => file.endsWith('.ts'))
    .map(file => {
      const text = readFileSync(join(src, file), 'utf8');
      const found = text.matchAll(/^\s*(?:import|export)\b[^;'"]*?from\s*'(\.[^']+)'|\bimport\s*\(?\s*'(\.[^']+)'/gm);
      return [file, [...found].map(([, a, b]) => normalize(join(dirname(file), (a ?? b)!)))] as const;
    }),
);

const roomOf = (file: string) => file.split('/')[0]!;

describe('the floors of src/', () => {
  test('every room has its floor', () => {
    expect([...new Set([...imports.keys()].map(roomOf))].filter(room => !ranks.has(room))).toEqual([]);
  });

  test('no file imports upward or sideways', () => {
    const wrong = [...imports].flatMap(([file, targets]) =>
      targets
        .filter(target => roomOf(target) !== roomOf(file) && !(ranks.get(roomOf(target))! > ranks.get(roomOf(file))!))
        .map(target => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('no file imports itself by a circle', () => {
    expect(circles()).toEqual([]);
  });

  test('every import names a file that is there', () => {
    const missing = [...imports].flatMap(([file, targets]) =>
      targets.filter(target => !imports.has(target)).map(target => `${file}: ${target}`),
    );
    expect(missing).toEqual([]);
  });
});

test('docs/architecture.md names only files that are there', () => {
  const map = readFileSync(join(src, '../docs/architecture.md'), 'utf8');
  const named = [...map.matchAll(/`([a-z]+\/[\w/-]+\.ts)`/g)].map(([, file]) => file!);
  expect(named.filter(file => !imports.has(file) && !existsSync(join(src, '..', file)))).toEqual([]);
});

/** The circles met on a walk through all files, each as the path that closes it. */
function circles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const walk = (file: string) => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (done.has(file) || path.includes(file)) return;
    path.push(file);
    for (const target of imports.get(file) ?? []) walk(target);
    path.pop();
    done.add(file);
  };
  for (const file of imports.keys()) walk(file);
  return found;
}
