import {calendar} from '../../support/events.ts';
import {type Account, expectAgreement, party} from './account.ts';
import type {Habits} from './habits.ts';

/** The first day of the series, of five. */
export const firstDay = '20371005';
export const dayOf = (index: number) => String(Number(firstDay) + index);

const zone = (tzid: string) => [
  'BEGIN:VTIMEZONE',
  `TZID:${tzid}`,
  'X-LIC-LOCATION:Europe/Berlin',
  'BEGIN:DAYLIGHT',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'TZNAME:CEST',
  'DTSTART:19700329T020000',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
  'END:DAYLIGHT',
  'BEGIN:STANDARD',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'TZNAME:CET',
  'DTSTART:19701025T030000',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
  'END:STANDARD',
  'END:VTIMEZONE',
];

/** A meeting on five days, as the organizer's client writes it. */
export function meeting(uid: string, organizer: Account, attendees: readonly Account[], first = firstDay, count = 5): string {
  const {tzid, people, extra} = organizer.habits;
  return calendar(
    ...zone(tzid),
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'CREATED:20370901T080000Z',
    'LAST-MODIFIED:20370901T080000Z',
    'DTSTAMP:20370901T080000Z',
    'SUMMARY:Plans',
    `DTSTART;TZID=${tzid}:${first}T100000`,
    `DTEND;TZID=${tzid}:${first}T110000`,
    `RRULE:FREQ=DAILY;COUNT=${count}`,
    ...people(organizer, attendees),
    ...extra,
    'END:VEVENT',
  );
}

/** Ann has invited Bob to `plans`, and all their devices have it. */
export async function planned(people: Readonly<Record<'ann' | 'bob', Habits>>) {
  const served = await party(people);
  const {ann, bob} = served;
  await ann.devices[0].make('plans', meeting('plans', ann, [bob]));
  await expectAgreement(served, ann, bob);
  return served;
}

const component = /BEGIN:VEVENT\r\n[\s\S]*?END:VEVENT\r\n/g;
const isOverride = (part: string) => /^RECURRENCE-ID/m.test(part);

/** Changes each component, the series and its exceptions. */
export const inAll = (text: string, edit: (part: string) => string) => text.replace(component, edit);

export const inSeries = (text: string, edit: (part: string) => string) =>
  text.replace(component, part => (isOverride(part) ? part : edit(part)));

/** Changes one day, which becomes an exception where it is none. */
export function onDay(text: string, index: number, edit: (part: string) => string): string {
  const day = dayOf(index);
  const parts = text.match(component)!;
  const there = parts.find(part => new RegExp(`^RECURRENCE-ID.*:${day}T`, 'm').test(part));
  if (there) return text.replace(there, edit(there));
  const series = parts.find(part => !isOverride(part))!;
  const start = /^DTSTART(.*):(\d{8})(T.*)\r\n/m.exec(series)!;
  const made = series
    .replace(/^(?:RRULE|EXDATE).*\r\n/gm, '')
    .replace(/^(DTSTART.*:|DTEND.*:)\d{8}/gm, `$1${day}`)
    .replace('END:VEVENT', `RECURRENCE-ID${start[1]}:${day}${start[3]}\r\nEND:VEVENT`);
  return text.replace('END:VCALENDAR', `${edit(made)}END:VCALENDAR`);
}

export const rename = (summary: string) => (part: string) => part.replace(/^SUMMARY:.*$/m, `SUMMARY:${summary}`);

export const toHour = (hour: number) => (part: string) =>
  part.replace(/^(DTSTART.*T)\d\d/m, `$1${hour}`).replace(/^(DTEND.*T)\d\d/m, `$1${hour + 1}`);

export const addLine = (line: string) => (part: string) => part.replace('END:VEVENT', `${line}\r\nEND:VEVENT`);

/** As the organizer's client raises it. */
export const nextEdition =
  ({habits}: Account) =>
  (part: string) => {
    if (!habits.raisesSequence) return part;
    const sequence = Number(/^SEQUENCE:(\d+)/m.exec(part)?.[1] ?? 0) + 1;
    return addLine(`SEQUENCE:${sequence}`)(part.replace(/^SEQUENCE:.*\r\n/m, ''));
  };

/** As the attendee's client answers. */
export const answer =
  ({habits, name}: Account, partstat: string) =>
  (part: string) =>
    part.replace(new RegExp(`^ATTENDEE.*:mailto:${name}@.*$`, 'im'), line => habits.answered(line, partstat));

export const partstatsOf = (text: string, {name}: Account) =>
  [...text.matchAll(new RegExp(`^ATTENDEE.*:mailto:${name}@.*$`, 'gim'))].map(
    ([line]) => /;PARTSTAT=([A-Z-]+)/.exec(line)?.[1] ?? 'NEEDS-ACTION',
  );
