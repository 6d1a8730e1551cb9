/** A calendar object to store, and when it is busy: what a right answer about it is known by. */
export interface BenchEvent {
  readonly uid: string;
  /** The last segment of its URL. */
  readonly name: string;
  readonly text: string;
  readonly recurring: boolean;
  /** Start and end of each instance, milliseconds of UTC. */
  readonly instances: readonly (readonly [start: number, end: number])[];
}

/** Half-open, milliseconds of UTC. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

const minute = 60_000;
const day = 1440 * minute;
const firstDay = Date.UTC(2025, 0, 1);
const years = 3;

const words =
  'morning evening board review call plan travel team dentist school piano harbour report market garden supper budget release'.split(
    ' ',
  );

const zone = [
  'BEGIN:VTIMEZONE',
  'TZID:Europe/Paris',
  ...['BEGIN:DAYLIGHT', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200', 'TZNAME:CEST', 'DTSTART:19810329T020000'],
  ...['RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', 'END:DAYLIGHT'],
  ...['BEGIN:STANDARD', 'TZOFFSETFROM:+0200', 'TZOFFSETTO:+0100', 'TZNAME:CET', 'DTSTART:19961027T030000'],
  ...['RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU', 'END:STANDARD', 'END:VTIMEZONE'],
];

/**
 * The same `count` events for the same tag, on any machine: six in ten single, a quarter weekly with an exception, the rest meetings
 * with attendees and alarms; over three years or as many as are said, about 1.3 kB each.
 */
export function makeEvents(count: number, tag: string, over = years): BenchEvent[] {
  const days = Math.round(over * 365);
  const random = randomFrom(tag);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const sentence = (length: number) => Array.from({length}, () => pick(words)).join(' ');
  return Array.from({length: count}, (_, at) => {
    const uid = `${tag}-${String(at).padStart(6, '0')}-${Math.floor(random() * 2 ** 40).toString(16)}`;
    const start = firstDay + Math.floor(random() * days) * day + (7 * 60 + Math.floor(random() * 48) * 15) * minute;
    const length = pick([30, 45, 60, 90, 120]) * minute;
    const roll = random();
    const recurring = roll >= 0.6 && roll < 0.85;
    const starts = Array.from({length: recurring ? 3 + Math.floor(random() * 12) : 1}, (_, week) => start + week * 7 * day);
    const dropped = recurring ? starts[1 + Math.floor(random() * (starts.length - 1))] : undefined;
    const lines = [
      'BEGIN:VEVENT',
      `UID:${uid}`,
      'DTSTAMP:20250101T000000Z',
      'SEQUENCE:0',
      `DTSTART;TZID=Europe/Paris:${local(start)}`,
      `DTEND;TZID=Europe/Paris:${local(start + length)}`,
      ...(recurring ? [`RRULE:FREQ=WEEKLY;COUNT=${starts.length}`, `EXDATE;TZID=Europe/Paris:${local(dropped!)}`] : []),
      `SUMMARY:${sentence(4)}`,
      `LOCATION:${sentence(2)}`,
      ...inLines(`DESCRIPTION:${sentence(20 + Math.floor(random() * 30))}`),
      ...(roll >= 0.85 ? meeting : []),
      'END:VEVENT',
    ];
    const text = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//caldav//bench//EN', ...zone, ...lines, 'END:VCALENDAR', ''];
    const instances = starts.filter(one => one !== dropped).map(one => [toUtc(one), toUtc(one) + length] as const);
    return {uid, name: `${uid}.ics`, text: text.join('\r\n'), recurring, instances};
  });
}

const meeting = [
  'ORGANIZER;CN=Ada:mailto:ada@example.org',
  ...Array.from({length: 5}, (_, n) => `ATTENDEE;CN=Guest ${n};PARTSTAT=ACCEPTED:mailto:guest${n}@example.net`),
  ...[10, 1440].flatMap(minutes => [
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    'DESCRIPTION:soon',
    `TRIGGER:-PT${minutes}M`,
    'END:VALARM',
  ]),
];

/** Twelve months among those of the events, every third; `length` of each, in days, from its tenth on. Without: the whole month. */
export function ranges(length?: number): Range[] {
  return Array.from({length: 12}, (_, at) => {
    const [start, end] = [Date.UTC(2025, at * 3, 1), Date.UTC(2025, at * 3 + 1, 1)];
    return length === undefined ? {start, end} : {start: start + 9 * day, end: start + (9 + length) * day};
  });
}

/** The events with an instance that overlaps the range (RFC 4791 §9.9). */
export function within(events: readonly BenchEvent[], {start, end}: Range): BenchEvent[] {
  return events.filter(({instances}) => instances.some(([from, to]) => from < end && to > start));
}

/** `20250101T000000Z`. */
export function utc(time: number): string {
  return `${local(time)}Z`;
}

/** The clock's time of a zone, kept as if it were UTC. */
function local(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+Z/g, '');
}

/** From the time that clocks show in Paris. No event is at night, when they are changed. */
function toUtc(time: number): number {
  const year = new Date(time).getUTCFullYear();
  const summer = time > lastSunday(year, 2) && time < lastSunday(year, 9);
  return time - (summer ? 120 : 60) * minute;
}

/** Midnight of the last Sunday of a month, counted from 0. */
function lastSunday(year: number, month: number): number {
  const last = Date.UTC(year, month + 1, 0);
  return last - new Date(last).getUTCDay() * day;
}

/** RFC 5545 §3.1: lines of 75 octets. */
function inLines(text: string): string[] {
  return text.match(/.{1,74}/g)!.map((part, at) => (at === 0 ? part : ` ${part}`));
}

/** Numbers from 0 to 1, the same for the same text (Weyl sequence through a 32-bit mixer). */
function randomFrom(text: string): () => number {
  let state = [...text].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), 0x811c9dc5);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}
