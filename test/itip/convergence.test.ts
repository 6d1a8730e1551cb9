import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {type JcalComponent, jcalOf} from '../../src/ical/jcal.ts';
import {type Calendar, parseCalendar} from '../../src/ical/parse.ts';
import {printCalendar} from '../../src/ical/print.ts';
import {addressOf, attendeesOf, setParameters} from '../../src/itip/parties.ts';
import {
  copyOf,
  excludedIn,
  instanceOf,
  partsOf,
  recurs,
  type Series,
  seriesOf,
  setExcluded,
  setProperty,
} from '../../src/itip/series.ts';
import {vcalendar} from '../ical/text.ts';
import {agenda, ann, bob, cat, is, World} from './world.ts';

const day = 86_400_000;
const first = Date.UTC(2026, 2, 27, 9);

const invitation = (attendees: readonly string[]) =>
  parseCalendar(
    vcalendar(
      'BEGIN:VEVENT',
      'UID:series',
      'DTSTAMP:20260101T000000Z',
      'DTSTART;TZID=Europe/Berlin:20260327T100000',
      'DURATION:PT1H',
      'RRULE:FREQ=DAILY;COUNT=5',
      'SUMMARY:s0',
      `ORGANIZER:${ann}`,
      `ATTENDEE;PARTSTAT=ACCEPTED:${ann}`,
      ...attendees.map(address => `ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:${address}`),
      'END:VEVENT',
    ),
  );

/** The instances there could be: the clocks go forward between the second and the third. */
const keyOf = (index: number) => first + index * day - (index >= 2 ? 3_600_000 : 0);

function setSummary(part: JcalComponent, text: string): void {
  setProperty(part, 'summary', ['summary', {}, 'text', text]);
}

function setHour(part: JcalComponent, hour: number): void {
  const at = part[1].find(([name]) => name === 'dtstart')!;
  at[3] = String(at[3]).replace(/T\d\d/, `T${String(hour).padStart(2, '0')}`);
}

function toggle(part: JcalComponent, address: string): void {
  const there = attendeesOf(part).some(each => is(address)(addressOf(each)));
  part[1] = part[1].filter(property => property[0] !== 'attendee' || !is(address)(addressOf(property)));
  if (!there) part[1].push(['attendee', {partstat: 'NEEDS-ACTION', rsvp: 'TRUE'}, 'cal-address', address]);
}

/** The override of an instance, made where there is none. */
function override(series: Series, key: number): JcalComponent | undefined {
  const there = series.overrides.get(key);
  if (there) return there;
  const made = instanceOf(series, key);
  if (made) jcalOf(series.calendar)[2].push(made);
  return made;
}

function drop(series: Series, key: number): void {
  const calendar = jcalOf(series.calendar);
  calendar[2] = calendar[2].filter(part => part !== series.overrides.get(key));
}

type Edit = (calendar: Calendar, n: number, k: number, who: string) => void;

const organizerEdits: Record<string, Edit> = {
  rename: (calendar, n) => {
    const {master} = seriesOf(calendar);
    if (master) setSummary(master, `s${n}`);
  },
  move: (calendar, n) => {
    const series = seriesOf(calendar);
    const {master} = series;
    if (!master) return;
    setHour(master, 10 + (n % 3));
    for (const key of series.overrides.keys()) drop(series, key);
    master[1] = master[1].filter(([name]) => name !== 'exdate');
  },
  invite: (calendar, _n, _k, who) => {
    const {master, overrides} = seriesOf(calendar);
    if (!master) return;
    const was = attendeesOf(master).some(each => is(who)(addressOf(each)));
    for (const part of [master, ...overrides.values()]) {
      if (attendeesOf(part).some(each => is(who)(addressOf(each))) === was) toggle(part, who);
    }
  },
  inviteToSeries: (calendar, _n, _k, who) => {
    const {master} = seriesOf(calendar);
    if (master) toggle(master, who);
  },
  inviteToOne: (calendar, _n, k, who) => {
    const part = override(seriesOf(calendar), keyOf(k));
    if (part) toggle(part, who);
  },
  renameOne: (calendar, n, k) => {
    const part = override(seriesOf(calendar), keyOf(k));
    if (part) setSummary(part, `o${n}`);
  },
  moveOne: (calendar, n, k) => {
    const part = override(seriesOf(calendar), keyOf(k));
    if (part) setHour(part, 13 + (n % 3));
  },
  cancelOne: (calendar, _n, k) => {
    const part = override(seriesOf(calendar), keyOf(k));
    if (part) setProperty(part, 'status', ['status', {}, 'text', 'CANCELLED']);
  },
  restoreOne: (calendar, _n, k) => drop(seriesOf(calendar), keyOf(k)),
  exclude: (calendar, _n, k) => {
    const series = seriesOf(calendar);
    const excluded = excludedIn(series);
    if (!series.overrides.has(keyOf(k)) && !instanceOf(series, keyOf(k))) return;
    drop(series, keyOf(k));
    setExcluded(series, excluded.add(keyOf(k)));
  },
  include: (calendar, _n, k) => {
    const series = seriesOf(calendar);
    const excluded = excludedIn(series);
    if (excluded.delete(keyOf(k))) setExcluded(series, excluded);
  },
  shorten: (calendar, n) => {
    const series = seriesOf(calendar);
    const {master} = series;
    if (!master || !recurs(master)) return;
    const count = 3 + (n % 3);
    setProperty(master, 'rrule', ['rrule', {}, 'recur', {freq: 'DAILY', count}]);
    const gone = [3, 4].filter(index => index >= count).map(keyOf);
    for (const key of gone) drop(series, key);
    setExcluded(series, new Set([...excludedIn(series)].filter(key => !gone.includes(key))));
  },
  askOne: (calendar, _n, k, who) => {
    const part = override(seriesOf(calendar), keyOf(k));
    const attendee = part && attendeesOf(part).find(each => is(who)(addressOf(each)));
    if (attendee) setParameters(attendee, {partstat: 'NEEDS-ACTION', rsvp: 'TRUE'});
  },
};

const answers = ['ACCEPTED', 'DECLINED', 'TENTATIVE'];

function answer(part: JcalComponent | undefined, who: string, n: number): void {
  const mine = part && attendeesOf(part).find(each => is(who)(addressOf(each)));
  if (mine) setParameters(mine, {partstat: answers[n % 3]!, rsvp: undefined});
}

const attendeeEdits: Record<string, Edit> = {
  answer: (calendar, n, _k, who) => answer(seriesOf(calendar).master ?? partsOf(seriesOf(calendar))[0], who, n),
  answerAll: (calendar, n, _k, who) => {
    for (const part of partsOf(seriesOf(calendar))) answer(part, who, n);
  },
  answerOne: (calendar, n, k, who) => answer(override(seriesOf(calendar), keyOf(k)), who, n),
  hide: (calendar, _n, k) => {
    const series = seriesOf(calendar);
    if (!series.overrides.has(keyOf(k)) && !instanceOf(series, keyOf(k))) return;
    drop(series, keyOf(k));
    if (series.master) setExcluded(series, excludedIn(series).add(keyOf(k)));
  },
  alarm: (calendar, n) => {
    const part = partsOf(seriesOf(calendar))[0];
    if (part)
      part[2] = [
        [
          'valarm',
          [
            ['action', {}, 'text', 'DISPLAY'],
            ['trigger', {}, 'duration', `-PT${n + 1}M`],
            ['description', {}, 'text', 'x'],
          ],
          [],
        ],
      ];
  },
  alarmOne: (calendar, n, k) => {
    const part = override(seriesOf(calendar), keyOf(k));
    if (part) part[1].push(['x-mine', {}, 'unknown', String(n)]);
  },
};

const people = [ann, bob, cat];

type Step =
  | {
      readonly do: 'edit';
      readonly who: number;
      readonly what: number;
      readonly n: number;
      readonly k: number;
      readonly whom: number;
    }
  | {readonly do: 'deliver'; readonly who: number}
  | {readonly do: 'delete'; readonly who: number};

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      who: fc.nat(2),
      what: fc.nat(20),
      n: fc.nat(8),
      k: fc.nat(4),
      whom: fc.integer({min: 1, max: 2}),
    }),
  },
  {weight: 6, arbitrary: fc.record({do: fc.constant('deliver' as const), who: fc.nat(2)})},
  {weight: 1, arbitrary: fc.record({do: fc.constant('delete' as const), who: fc.integer({min: 1, max: 2})})},
);

const log: string[] = [];

function play(world: World, steps: readonly Step[], instant: boolean): void {
  log.length = 0;
  for (const each of steps) {
    const who = people[each.who]!;
    if (each.do === 'deliver') {
      log.push(`deliver from ${who}`);
      world.deliver(who);
    } else if (each.do === 'delete') {
      log.push(`delete ${who}`);
      if (world.calendars.has(who)) world.put(who, undefined);
    } else {
      const edits = Object.entries(who === ann ? organizerEdits : attendeeEdits);
      const [name, edit] = edits[each.what % edits.length]!;
      const whom = who === ann ? people[each.whom]! : who;
      log.push(`${who} ${name} n${each.n} k${each.k} ${whom}`);
      const calendar = world.calendars.get(who);
      if (calendar) {
        const copy = copyOf(calendar);
        edit(copy, each.n, each.k, whom);
        if (partsOf(seriesOf(copy)).length === 0) world.put(who, undefined);
        else world.put(who, copy);
      }
    }
    if (instant) world.deliverAll();
  }
  world.deliverAll();
}

/** Everybody's calendar, as they and as the organizer have it; what somebody has taken away they have declined. */
function views(world: World): {own: Record<string, string>[]; organizers: Record<string, string>[]} {
  const own: Record<string, string>[] = [];
  const organizers: Record<string, string>[] = [];
  for (const who of [bob, cat]) {
    const [theirs, hers] = [agenda(world.calendars.get(who), who), agenda(world.calendars.get(ann), who)];
    for (const [key, text] of Object.entries(hers)) if (!(key in theirs) && text.endsWith(' DECLINED')) delete hers[key];
    own.push(theirs);
    organizers.push(hers);
  }
  return {own, organizers};
}

function converges(steps: readonly Step[], instant: boolean): void {
  const world = new World();
  world.put(ann, invitation([bob, cat]));
  world.deliverAll();
  play(world, steps, instant);
  const {own, organizers} = views(world);
  try {
    expect(own).toEqual(organizers);
    if (instant)
      expect(world.idle.map(message => `${message.method} ${message.to}\n${printCalendar(message.calendar)}`)).toEqual([]);
  } catch (error) {
    const texts = [...world.calendars].map(
      ([who, calendar]) => `${who}\n${printCalendar(calendar).replace(/BEGIN:VTIMEZONE[\s\S]*END:VTIMEZONE\r\n/, '')}`,
    );
    throw new Error(`${(error as Error).message}\n${log.join('\n')}\n${texts.join('\n')}`);
  }
}

const runs = Number(process.env.RUNS ?? 100);

describe('RFC 5546 §2.1: what organizer and attendees have comes to agree', () => {
  test('when each message arrives before the next change, and none is sent for nothing', () => {
    fc.assert(
      fc.property(fc.array(step, {maxLength: 12}), steps => converges(steps, true)),
      {numRuns: runs},
    );
  });

  test('when messages are on their way while others change things', () => {
    fc.assert(
      fc.property(fc.array(step, {maxLength: 14}), steps => converges(steps, false)),
      {numRuns: runs},
    );
  });
});
