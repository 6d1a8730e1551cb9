import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {printMonolithic} from '../../../src/caldav/monolithic.ts';
import {findCalendar} from '../../../src/cli/transfer/find-calendar.ts';
import {importObjects, type Outcome} from '../../../src/cli/transfer/import-objects.ts';
import {makeCalendar} from '../../../src/cli/transfer/make-calendar.ts';
import {parseCalendar} from '../../../src/ical/parse.ts';
import {splitCalendar} from '../../../src/ical/split.ts';
import type {HomeView, Store} from '../../../src/store/store.ts';
import type {Limits} from '../../../src/webdav/limits.ts';
import {calendar, event, todo} from '../../support/events.ts';
import {memoryStore} from '../../support/memory-store.ts';
import {unlimited} from '../../support/unlimited.ts';

const home = 'calendars/10000000-0000-0000-0000-000000000001';

async function newStore(components = ['VEVENT', 'VTODO']): Promise<Store> {
  const store = memoryStore();
  await store.createHome(home);
  await makeCalendar({store, home, maxCollections: 0}, 'work', components);
  return store;
}

async function bring(store: Store, text: string, limits: Partial<Limits> = {}): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const {objects} = splitCalendar(text);
  const destination = {store, home, calendar: 'work', limits: {...unlimited, ...limits}} as const;
  await importObjects(destination, objects, ({uid}, outcome) => void outcomes.set(uid, outcome));
  return outcomes;
}

async function exported(store: Store): Promise<string> {
  const view = (await store.view(home))!;
  let text = '';
  for await (const part of printMonolithic(findCalendar(view, 'work')!, view)) text += part;
  return text;
}

/** What the calendar holds, by UID: the components of each object without the VCALENDAR around them, a time zone among them. */
async function contents(view: HomeView): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const member of view.members('work')) {
    if (member.collection) continue;
    const {component} = parseCalendar((await view.read(member.path))!);
    found.set(member.index!.uid, JSON.stringify(component.getAllSubcomponents()));
  }
  return found;
}

const lines = (text: string) => text.split('\r\n').slice(3, -2);

describe('import', () => {
  test('the same file twice changes nothing', async () => {
    const store = await newStore();
    const text = calendar(...lines(event('a')), ...lines(event('b')), ...lines(todo('c')));
    expect([...(await bring(store, text)).values()]).toEqual(['added', 'added', 'added']);
    const {revision} = (await store.view(home))!.find('')!;
    expect([...(await bring(store, text)).values()]).toEqual(['unchanged', 'unchanged', 'unchanged']);
    expect((await store.view(home))!.find('')!.revision).toBe(revision);
  });

  test('an object whose UID is there already takes its place, and its name stays', async () => {
    const store = await newStore();
    await bring(store, event('a'));
    const before = [...(await store.view(home))!.members('work')].map(({path}) => path);
    expect(await bring(store, event('a', '20261202T100000Z'))).toEqual(new Map([['a', 'updated']]));
    expect([...(await store.view(home))!.members('work')].map(({path}) => path)).toEqual(before);
  });

  test('what PUT would refuse is refused with its reason, and the rest goes on', async () => {
    const store = await newStore(['VEVENT']);
    const big = event('big', undefined, `DESCRIPTION:${'x'.repeat(3000)}`);
    const unknownZone = event('zone').replace('DTSTART:20261201T100000Z', 'DTSTART;TZID=Nowhere/Here:20261201T100000');
    const text = [big, todo('task'), unknownZone, event('good')].join('');
    const outcomes = await bring(store, text, {maxResourceSizeBytes: 2000});
    expect(outcomes.get('good')).toBe('added');
    expect(outcomes.get('big')).toEqual({refused: 'An object has at most 2000 bytes'});
    expect(outcomes.get('task')).toEqual({refused: 'This calendar holds VEVENT, and no VTODO'});
    expect(outcomes.get('zone')).toEqual({refused: expect.stringContaining('Nowhere/Here')});
  });

  test('limits hold though many objects come at once', async () => {
    const store = await newStore();
    const text = Array.from({length: 30}, (_, number) => event(`e${number}`)).join('');
    const outcomes = [...(await bring(store, text, {maxResourcesPerCollection: 10})).values()];
    expect(outcomes.filter(outcome => outcome === 'added')).toHaveLength(10);
    expect((await store.view(home))!.count('work')).toBe(10);
    const full = [...(await bring(store, event('one-more'), {quotaBytes: 100})).values()];
    expect(full).toEqual([{refused: expect.stringContaining('UserQuota')}]);
  });

  test('a UID that belongs to another type of component does not replace it', async () => {
    const store = await newStore();
    await bring(store, event('same'));
    expect((await bring(store, todo('same'))).get('same')).toEqual({refused: expect.stringContaining('VEVENT')});
    expect([...(await contents((await store.view(home))!)).values()][0]).toContain('vevent');
  });

  test('UIDs that make no file name, or the same one, get names of their own', async () => {
    const store = await newStore();
    const uids = ['../../etc/passwd', '.hidden', 'with space', 'x'.repeat(300), 'ünïcode', 'a/b'];
    for (const uid of uids) expect((await bring(store, event(uid))).get(uid)).toBe('added');
    const names = [...(await store.view(home))!.members('work')].map(({path}) => path);
    expect(new Set(names).size).toBe(uids.length);
    for (const name of names) expect(name).toMatch(/^work\/[\w-]+\.ics$/);
  });
});

describe('export after import', () => {
  const word = fc.string({unit: fc.constantFrom(...'abc XYZ,;\\é€😀"\''), maxLength: 90}).map(text => text.trim());
  const escaped = (text: string) => text.replace(/[\\;,]/g, '\\$&');
  const zone = (name: string, offset = '+0100') => [
    'BEGIN:VTIMEZONE',
    `TZID:${name}`,
    'BEGIN:STANDARD',
    'DTSTART:19701025T030000',
    'TZOFFSETFROM:+0200',
    `TZOFFSETTO:${offset}`,
    'END:STANDARD',
    'END:VTIMEZONE',
  ];
  const object = fc.record({
    summary: word,
    note: word,
    kind: fc.constantFrom('VEVENT', 'VTODO'),
    zone: fc.constantFrom(undefined, 'Custom/One', 'Custom/Two'),
    daily: fc.boolean(),
    alarm: fc.boolean(),
  });

  test('gives the same objects', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(object, {maxLength: 12}), async objects => {
        const text = calendar(
          ...zone('Custom/One'),
          ...zone('Custom/Two'),
          ...objects.flatMap((one, number) => [
            `BEGIN:${one.kind}`,
            `UID:uid-${number}`,
            'DTSTAMP:20261101T000000Z',
            one.zone ? `DTSTART;TZID=${one.zone}:20261201T100000` : 'DTSTART:20261201T100000Z',
            `SUMMARY:${escaped(one.summary)}`,
            `X-NOTE;X-P="${one.note.replaceAll('"', '')}":${escaped(one.note)}`,
            ...(one.daily ? ['RRULE:FREQ=DAILY;COUNT=5'] : []),
            ...(one.alarm ? ['BEGIN:VALARM', 'ACTION:DISPLAY', 'DESCRIPTION:x', 'TRIGGER:-PT5M', 'END:VALARM'] : []),
            `END:${one.kind}`,
          ]),
        );
        const first = await newStore();
        const outcomes = [...(await bring(first, text)).values()];
        expect(outcomes).toEqual(objects.map(() => 'added'));
        const second = await newStore();
        await bring(second, await exported(first));
        expect(await contents((await second.view(home))!)).toEqual(await contents((await first.view(home))!));
        const again = [...(await bring(first, await exported(first))).values()];
        expect(again).toEqual(objects.map(() => 'unchanged'));
      }),
      {numRuns: 60},
    );
  });

  test('keeps what each object means by a TZID that only it explains', async () => {
    const store = await newStore();
    const local = (uid: string) => event(uid, '20261201T100000').replace('DTSTART:', 'DTSTART;TZID=Our Office:');
    for (const [uid, offset] of [
      ['a', '+0100'],
      ['b', '+0500'],
      ['c', '+0100'],
    ] as const) {
      await bring(store, calendar(...zone('Our Office', offset), ...lines(local(uid))));
    }
    const text = await exported(store);
    expect(text.match(/BEGIN:VCALENDAR/g)).toHaveLength(2);
    const second = await newStore();
    await bring(second, text);
    expect(await contents((await second.view(home))!)).toEqual(await contents((await store.view(home))!));
  });

  test('is one VCALENDAR however differently known zones are described', async () => {
    const store = await newStore();
    const local = (uid: string) => event(uid, '20261201T100000').replace('DTSTART:', 'DTSTART;TZID=Europe/Berlin:');
    for (const [uid, offset] of [
      ['a', '+0100'],
      ['b', '+0200'],
    ] as const) {
      await bring(store, calendar(...zone('Europe/Berlin', offset), ...lines(local(uid))));
    }
    expect((await exported(store)).match(/BEGIN:VCALENDAR/g)).toHaveLength(1);
  });
});
