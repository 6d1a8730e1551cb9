import {type JcalComponent, jcalOf} from '../../src/ical/jcal.ts';
import {type Calendar, parseCalendar} from '../../src/ical/parse.ts';
import {addressOf, attendeesOf, setParameters} from '../../src/itip/parties.ts';
import {excludedIn, instanceOf, partsOf, recurs, type Series, seriesOf, setExcluded, setProperty} from '../../src/itip/series.ts';
import {vcalendar} from '../ical/text.ts';
import {ann, is} from './world.ts';

const day = 86_400_000;
const first = Date.UTC(2037, 2, 27, 9);

export const invitation = (attendees: readonly string[]) =>
  parseCalendar(
    vcalendar(
      'BEGIN:VEVENT',
      'UID:series',
      'DTSTAMP:20260101T000000Z',
      'DTSTART;TZID=Europe/Berlin:20370327T100000',
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

export type Edit = (calendar: Calendar, n: number, k: number, who: string) => void;

export const organizerEdits: Record<string, Edit> = {
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

export const attendeeEdits: Record<string, Edit> = {
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
