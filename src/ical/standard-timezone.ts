import ICAL from 'ical.js';
import {indexAfter} from './iana-zone.ts';
import type {JcalComponent, JcalProperty} from './jcal.ts';
import {lastLocal, printTime} from './time.ts';
import {type Change, spellingOf, type Timezone, timezone} from './tzdata.ts';
import {type Onset, onsetAt, type Yearly, yearly} from './yearly-onsets.ts';
import {utc} from './zone.ts';

// RFC 7808 §7: what ical.js does not know of.
ICAL.design.icalendar.property.tzuntil = {defaultType: 'date-time'};
ICAL.design.icalendar.property['tzid-alias-of'] = {defaultType: 'text'};

/** Instants between which a VTIMEZONE is to hold; the end is not included. None: as far as is known, and for ever. */
export interface Truncation {
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/**
 * The VTIMEZONE (RFC 5545 §3.6.5) of a zone of IANA's database, under the name asked for, which may be an alias; its truncation is RFC 7808
 * §3.9's. Undefined: there is none of that name.
 */
export function standardTimezone(name: string, {start, end}: Truncation = {}): JcalComponent | undefined {
  const tzid = spellingOf(name);
  const zone = timezone(name);
  if (tzid === undefined || !zone) return undefined;
  const properties: JcalProperty[] = [['tzid', {}, 'text', tzid]];
  if (tzid !== zone.id) properties.push(['tzid-alias-of', {}, 'text', zone.id]);
  properties.push(['x-lic-location', {}, 'unknown', tzid]);
  if (end !== undefined) properties.push(['tzuntil', {}, 'date-time', utcText(end)]);
  return ['vtimezone', properties, observances(changesWithin(zone, {start, end}), end === undefined)];
}

/** The same in a VCALENDAR of its own. */
export function standardCalendar(name: string, range: Truncation = {}): JcalComponent | undefined {
  const component = standardTimezone(name, range);
  const properties: JcalProperty[] = [
    ['version', {}, 'text', '2.0'],
    ['prodid', {}, 'text', '-//caldav//time zones//EN'],
  ];
  return component && ['vcalendar', properties, [component]];
}

/** Where the data end of a zone whose clocks never stop to be set; Infinity: they do. */
export function knownUntil({changes}: Timezone): number {
  return (changes.at(-1)?.at ?? 0) > Date.UTC(2400) ? dataEnd : Infinity;
}

const dataEnd = Date.UTC(2500, 0);

/** The changes of a range, after one at its start that says what holds there. Without a start, all that are known. */
export function changesWithin({first, name, changes}: Timezone, {start, end}: Truncation): Change[] {
  const until = end === undefined ? changes.length : indexAfter(changes, end - 1);
  if (start === undefined) {
    return until > 0 ? changes.slice(0, until) : [{at: -first, from: first, to: first, name, daylight: false}];
  }
  const next = indexAfter(changes, start);
  const now = changes[next - 1] ?? {at: -Infinity, from: first, to: first, name, daylight: false};
  const opening = now.at === start ? now : {...now, at: start, from: now.to};
  return [opening, ...changes.slice(next, until)];
}

/** What recurs yearly as a rule each, the rest as dates, in the order in which they begin. `ongoing`: rules that never end have no end. */
function observances(changes: readonly Change[], ongoing: boolean): JcalComponent[] {
  const alike = Map.groupBy(changes, ({from, to, name, daylight}) => JSON.stringify([from, to, name, daylight]));
  const last = changes.at(-1)!.at;
  const found: {readonly at: number; readonly component: JcalComponent}[] = [];
  for (const group of alike.values()) {
    const {rules, dates} = yearly(group.map(onsetAt));
    for (const rule of rules) {
      // Without end are those that go on to the end of the data.
      const open = ongoing && last - rule.last.change.at < year && last > Date.UTC(2400);
      found.push({at: rule.onsets[0]!.change.at, component: observance(rule.onsets, [ruleOf(rule, open)])});
    }
    const rdates = dates.map(({local}): JcalProperty => ['rdate', {}, 'date-time', localText(local)]);
    if (dates.length > 0) found.push({at: dates[0]!.change.at, component: observance(dates, rdates)});
  }
  return found.sort((a, b) => a.at - b.at).map(({component}) => component);
}

const year = 366 * 86_400_000;

function observance([onset]: readonly Onset[], recurrence: JcalProperty[]): JcalComponent {
  const {local, change} = onset!;
  const properties: JcalProperty[] = [
    ['dtstart', {}, 'date-time', localText(local)],
    ...recurrence,
    ['tzname', {}, 'text', change.name],
    ['tzoffsetfrom', {}, 'utc-offset', offsetText(change.from)],
    ['tzoffsetto', {}, 'utc-offset', offsetText(change.to)],
  ];
  return [change.daylight ? 'daylight' : 'standard', properties, []];
}

function ruleOf({onsets, month, day, days}: Yearly, open: boolean): JcalProperty {
  const until = open ? {} : {until: utcText(onsets.at(-1)!.change.at)};
  return ['rrule', {}, 'recur', {freq: 'YEARLY', ...until, byday: day, ...(days ? {bymonthday: days} : {}), bymonth: month}];
}

function localText(local: number): string {
  return printTime({local, date: false, zone: undefined});
}

function utcText(instant: number): string {
  return printTime({local: Math.min(instant, lastLocal), date: false, zone: utc});
}

/** RFC 5545 §3.3.14 in jCal: `-05:00`, `+00:53:28`. */
function offsetText(offset: number): string {
  const [hours, minutes, seconds] = new Date(Math.abs(offset)).toISOString().slice(11, 19).split(':');
  return `${offset < 0 ? '-' : '+'}${hours}:${minutes}${seconds === '00' ? '' : `:${seconds}`}`;
}
