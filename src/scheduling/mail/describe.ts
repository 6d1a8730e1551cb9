import {firstProperty, type JcalComponent, mainComponents, textOf} from '../../ical/jcal.ts';
import type {Calendar} from '../../ical/parse.ts';
import {timingOf} from '../../ical/recurrence-set.ts';
import {placeAt} from '../../ical/span.ts';
import {day, type IcalTime} from '../../ical/time.ts';
import {zonesOf} from '../../ical/time-zones.ts';
import {utc} from '../../ical/zone.ts';
import {addressOf, attendeesOf, organizerOf, parameter} from '../../itip/parties.ts';
import {emailIn} from './addresses.ts';
import type {Words} from './words.ts';

/** A line for people: what it is about, and what it says. */
export type Detail = readonly [label: string, text: string];

const maxNamed = 20;
const maxText = 2_000;

/** What the first component of a calendar says, for people to read; every text on one line. */
export function describe(calendar: Calendar, {language, words}: {language: string; words: Words}): Detail[] {
  const [part] = mainComponents(calendar);
  if (!part) return [];
  const organizer = organizerOf(part);
  const attendees = attendeesOf(part);
  const named = attendees.slice(0, maxNamed).map(nameOf);
  if (attendees.length > maxNamed) named.push(words.more);
  const details: (readonly [string, string | undefined])[] = [
    [words.what, summaryOf(calendar, words)],
    [words.when, whenOf(calendar, part, language)],
    [words.repeats, repeatsOf(part, words)],
    [words.where, textOf(part, 'location')],
    [words.organizer, organizer && nameOf(organizer)],
    [words.attendees, named.join(', ')],
    [words.comment, textOf(part, 'comment')],
  ];
  return details.flatMap(([label, text]) => (text ? [[label, oneLine(text)] as const] : []));
}

/** What it is called, on one line. */
export function summaryOf(calendar: Calendar, words: Words): string {
  const [part] = mainComponents(calendar);
  return oneLine((part && textOf(part, 'summary')) || words.untitled);
}

/** CN, and the e-mail address where another is not known. */
export function nameOf(property: Parameters<typeof addressOf>[0]): string {
  return oneLine(
    parameter(property, 'cn') || parameter(property, 'email') || emailIn(addressOf(property)) || addressOf(property),
  );
}

/** In a line of a mail or a header, nothing may begin another. */
export function oneLine(text: string): string {
  const line = text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return line.length > maxText ? `${line.slice(0, maxText)}…` : line;
}

function whenOf(calendar: Calendar, part: JcalComponent, language: string): string | undefined {
  const timing = timingOf(part, zonesOf(calendar));
  const {start, end} = placeAt(timing, timing.start, utc);
  if (!start) return end && print(end, language);
  if (start.date) {
    const last = end ? end.local - day : start.local;
    return last > start.local
      ? `${print(start, language)} – ${print({...start, local: last}, language)}`
      : print(start, language);
  }
  const zone = start.zone ? ` (${start.zone.id})` : '';
  if (!end || end.local <= start.local) return `${print(start, language)}${zone}`;
  const sameDay = Math.floor(start.local / day) === Math.floor(end.local / day) && start.zone === end.zone;
  const until = sameDay ? clock(end, language) : print(end, language);
  return `${print(start, language)} – ${until}${zone}`;
}

/** What the clocks of the event's own zone show. */
function print(time: IcalTime, language: string): string {
  const date = new Intl.DateTimeFormat(language, {dateStyle: 'full', timeZone: 'UTC'}).format(time.local);
  return time.date ? date : `${date}, ${clock(time, language)}`;
}

function clock(time: IcalTime, language: string): string {
  return new Intl.DateTimeFormat(language, {hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC'}).format(
    time.local,
  );
}

function repeatsOf(part: JcalComponent, words: Words): string | undefined {
  if (firstProperty(part, 'recurrence-id')) return words.instance;
  const rule = firstProperty(part, 'rrule')?.[3] as {freq?: unknown} | undefined;
  return rule && words.frequencies[String(rule.freq).toUpperCase()];
}
