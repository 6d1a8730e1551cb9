import ICAL from 'ical.js';
import {overlaps, type TimeRange} from '../base/time-range.ts';
import {printLength} from './duration.ts';
import {instancesOf, newBudget} from './expand.ts';
import {allProperties, type JcalComponent, type JcalProperty, textOf} from './jcal.ts';
import type {Calendar} from './parse.ts';
import type {Budget} from './recurrence.ts';
import {parsePeriod} from './span.ts';
import {tzidOf} from './time.ts';
import {zonesOf} from './time-zones.ts';
import type {Zone} from './zone.ts';

/** FBTYPE (RFC 5545 §3.2.9) of time that is not free. */
export type BusyType = 'BUSY' | 'BUSY-UNAVAILABLE' | 'BUSY-TENTATIVE';

export interface BusyPeriod extends TimeRange {
  readonly type: BusyType;
}

/**
 * The busy time of a calendar object within a range (RFC 4791 §7.10): of VEVENTs what is neither transparent nor cancelled, of
 * VFREEBUSYs what they say. `zone` is for floating times and DATEs. Cut to the range; not merged. Undefined: too much to be found.
 */
export function busyPeriods(
  calendar: Calendar,
  range: TimeRange,
  zone: Zone,
  budget: Budget = newBudget(),
): BusyPeriod[] | undefined {
  const busy: BusyPeriod[] = [];
  for (const instance of instancesOf(calendar, {range, zone, budget})) {
    if (busy.length > maxPeriods) return undefined;
    const {component, spans} = instance;
    if (component[0] === 'vfreebusy') {
      for (const period of periodsOf(component, calendar, zone)) if (overlaps(period, range)) busy.push(cut(period, range));
      continue;
    }
    const type = component[0] === 'vevent' ? busyTypeOf(component) : undefined;
    if (!type) continue;
    for (const span of spans) if (span.start < span.end && overlaps(span, range)) busy.push(cut({...span, type}, range));
  }
  return budget.reached === undefined ? busy : undefined;
}

const maxPeriods = 100_000;

/** RFC 4791 §7.10: TRANSP and STATUS of a VEVENT; undefined: the time is free. */
function busyTypeOf(event: JcalComponent): BusyType | undefined {
  if (textOf(event, 'transp')?.toUpperCase() === 'TRANSPARENT') return undefined;
  const status = textOf(event, 'status')?.toUpperCase();
  return status === 'CANCELLED' ? undefined : status === 'TENTATIVE' ? 'BUSY-TENTATIVE' : 'BUSY';
}

function periodsOf(component: JcalComponent, calendar: Calendar, zone: Zone): BusyPeriod[] {
  const findZone = zonesOf(calendar);
  return allProperties(component, 'freebusy').flatMap(property => {
    const said = String(property[1].fbtype ?? 'BUSY').toUpperCase();
    if (said === 'FREE') return [];
    // RFC 5545 §3.2.9: a value that is not known counts as BUSY.
    const type: BusyType = said === 'BUSY-UNAVAILABLE' || said === 'BUSY-TENTATIVE' ? said : 'BUSY';
    return property.slice(3).flatMap((value): BusyPeriod[] => {
      const period = parsePeriod(value, tzidOf(property), findZone, zone);
      return period && period.start < period.end ? [{...period, type}] : [];
    });
  });
}

/** The part of a period that lies in a range. */
export function cut(period: BusyPeriod, range: TimeRange): BusyPeriod {
  return {type: period.type, start: Math.max(period.start, range.start), end: Math.min(period.end, range.end)};
}

const types: readonly BusyType[] = ['BUSY-UNAVAILABLE', 'BUSY', 'BUSY-TENTATIVE'];

/**
 * Busy time without anything said twice, in order of start (RFC 4791 §7.10): periods of one type that meet are one; those of different
 * types may overlap, so that nothing is hidden.
 */
export function mergeBusy(periods: Iterable<BusyPeriod>): BusyPeriod[] {
  const all = [...periods];
  return types
    .flatMap(type => union(all.filter(period => period.type === type)).map(range => ({...range, type})))
    .sort((a, b) => a.start - b.start);
}

function union(ranges: readonly TimeRange[]): TimeRange[] {
  const result: {start: number; end: number}[] = [];
  for (const {start, end} of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else result.push({start, end});
  }
  return result;
}

export interface FreeBusyDescription {
  readonly range: TimeRange;
  /** When it is made, milliseconds. */
  readonly stamp: number;
  readonly periods: readonly BusyPeriod[];
  /** More properties of the VFREEBUSY: UID, ORGANIZER, ATTENDEE. */
  readonly properties?: readonly JcalProperty[];
  readonly method?: string;
  /** Whether periods of meetings say how long they are, and their type always, as CalendarServer's answers do; else when they end. */
  readonly lengths?: boolean;
}

/** A VCALENDAR with one VFREEBUSY (RFC 5545 §3.6.4), as free-busy-query answers it. */
export function freeBusyCalendar({range, stamp, periods, properties = [], method, lengths}: FreeBusyDescription): Calendar {
  const busy: JcalProperty[] = [
    ['dtstamp', {}, 'date-time', isoOf(stamp)],
    ['dtstart', {}, 'date-time', isoOf(range.start)],
    ['dtend', {}, 'date-time', isoOf(range.end)],
    ...properties,
  ];
  for (const type of types) {
    const mine = periods.filter(period => period.type === type);
    const meets = lengths && type !== 'BUSY-UNAVAILABLE';
    const values = mine.map(({start, end}) => [isoOf(start), meets ? printLength(end - start) : isoOf(end)]);
    if (values.length > 0) busy.push(['freebusy', type === 'BUSY' && !lengths ? {} : {fbtype: type}, 'period', ...values]);
  }
  const head: JcalProperty[] = [
    ['version', {}, 'text', '2.0'],
    ['prodid', {}, 'text', '-//caldav//server//EN'],
  ];
  if (method) head.push(['method', {}, 'text', method]);
  return {component: new ICAL.Component(['vcalendar', head, [['vfreebusy', busy, []]]])};
}

function isoOf(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}
