import {randomUUID} from 'node:crypto';
import {appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {silent} from '../../src/base/log.ts';
import {inspectHomes} from '../../src/doctor/homes.ts';
import {repairHomes} from '../../src/doctor/repair-homes.ts';
import {indexFile} from '../../src/server/indexer.ts';
import {claimFolder} from '../../src/store/file/one-server.ts';
import {openFileStore} from '../../src/store/file/store.ts';
import {caldav} from '../../src/xml/names.ts';
import {event} from '../support/events.ts';
import {temporaryFolder} from '../support/temporary.ts';

const home = 'calendars/10000000-0000-0000-0000-000000000001';

/** A DocumentRoot with a home that holds one object, its store closed. */
async function documentRoot() {
  const root = join(await temporaryFolder(), 'documents');
  const store = await openFileStore({root, log: silent, index: indexFile});
  await store.createHome(home, unit => unit.createCollection('work', [caldav('calendar')]));
  await store.write(home, unit =>
    unit.put('work/a.ics', Buffer.from(event('a')), indexFile('a.ics', Buffer.from(event('a')), [caldav('calendar')])),
  );
  await store.close();
  const folder = join(root, 'calendars/__uids__/10/00', home.slice('calendars/'.length));
  return {root, folder, object: join(folder, 'work/a.ics')};
}

const faults = ({counts}: Awaited<ReturnType<typeof inspectHomes>>) =>
  Object.entries(counts).flatMap(([name, count]) =>
    /homes|collections|objects|bytes/.test(name) || count === 0 ? [] : [`${count} ${name}`],
  );

/** Each: what is done to a home, and what the repair says of it. */
const harms: readonly {
  readonly what: string;
  readonly message: RegExp;
  harm(place: Awaited<ReturnType<typeof documentRoot>>): void;
}[] = [
  {
    what: 'an index that was cut short',
    message: /: make its index anew from the files, and keep the damaged one/,
    harm: ({folder}) => truncateSync(join(folder, '.home.sqlite'), 5_000),
  },
  {
    what: 'a file that was changed by hand',
    message: /: take in what was changed by hand, 1 in all$/,
    harm: ({object}) => appendFileSync(object, '\r\n'),
  },
  {
    what: 'a file half made',
    message: /\.writing\/.*: remove it, half made$/,
    harm: ({folder}) => writeFileSync(join(folder, '.writing', `99999999-${randomUUID()}`), 'BEGIN:VCAL'),
  },
  {
    what: 'properties of what is gone',
    message: /\.gone\.ics\.properties: put it aside/,
    harm: ({folder}) => writeFileSync(join(folder, 'work/.gone.ics.properties'), '{"of": "gone.ics", "properties": {}}'),
  },
  {
    what: 'a home half made',
    message: /\.new-.*: remove it, a home half made/,
    harm: ({folder}) => mkdirSync(join(folder, '..', `.new-${randomUUID()}`)),
  },
  {
    what: 'a calendar that its owner may not enter',
    message: /work: let its owner read and write it.*mode 0\)$/,
    harm: ({folder, object}) => {
      chmodSync(object, 0o040);
      chmodSync(join(folder, 'work'), 0);
    },
  },
];

describe('caldav doctor --repair of the calendars', () => {
  test.for(harms)('$what: said first, then mended, and nothing of it deleted that was promised', async ({harm, message}) => {
    const place = await documentRoot();
    const before = readFileSync(place.object, 'utf8');
    harm(place);
    const {root} = place;
    const listed = () => readdirSync(root, {recursive: process.geteuid?.() === 0}).length;
    const names = listed();
    expect(await repairHomes({root, dry: true})).toEqual([{state: 'planned', message: expect.stringMatching(message)}]);
    expect(listed()).toBe(names);
    const repairs = await repairHomes({root, dry: false});
    expect(repairs).toContainEqual({state: 'done', message: expect.stringMatching(message)});
    expect(repairs.filter(({state}) => state !== 'done')).toEqual([]);
    expect(faults(await inspectHomes(root))).toEqual([]);
    expect(await repairHomes({root, dry: true})).toEqual([]);
    expect(readFileSync(place.object, 'utf8').trimEnd()).toBe(before.trimEnd());
  });

  test('a damaged object is left where it is, byte for byte', async () => {
    const {root, object} = await documentRoot();
    writeFileSync(object, 'BEGIN:VCALENDAR');
    await repairHomes({root, dry: false});
    expect(readFileSync(object, 'utf8')).toBe('BEGIN:VCALENDAR');
    expect(faults(await inspectHomes(root))).toEqual(expect.arrayContaining(['1 damaged']));
  });

  test('what it puts aside lies in one folder, at the place it had', async () => {
    const {root, folder} = await documentRoot();
    const file = join(folder, 'work/.gone.ics.properties');
    writeFileSync(file, '{"of": "gone.ics", "properties": {"{a:}b": "<b/>"}}');
    await repairHomes({root, dry: false});
    expect(existsSync(file)).toBe(false);
    const aside = readdirSync(root).find(name => name.startsWith('.repaired-'))!;
    expect(readFileSync(join(root, aside, file.slice(root.length)), 'utf8')).toContain('<b/>');
  });

  test('it does nothing beside a server', async () => {
    const {root, folder} = await documentRoot();
    const half = join(folder, '.writing', `99999999-${randomUUID()}`);
    writeFileSync(half, '');
    using _ = await claimFolder(root, randomUUID());
    await expect(repairHomes({root, dry: false})).rejects.toThrow('Another server serves the data');
    expect(existsSync(half)).toBe(true);
  });
});
