import {IcalError} from '../../ical/ical-error.ts';
import {allProperties, type JcalComponent, timedParts} from '../../ical/jcal.ts';
import {indexObject, type ObjectIndex} from '../../ical/object-index.ts';
import type {Calendar} from '../../ical/parse.ts';
import {type FindZone, instantOf, parseTime, tzidOf} from '../../ical/time.ts';
import {zonesOf} from '../../ical/time-zones.ts';
import {utc} from '../../ical/zone.ts';
import {DavError} from '../../webdav/error.ts';
import type {Limits} from '../../webdav/limits.ts';
import {requireInstant} from '../date-limits.ts';
import {maxAttendeesPerInstance, maxInstances, validCalendarData, validTimezone} from '../preconditions.ts';
import type {CalendarObject} from './calendar-object.ts';

/** What a calendar object must keep to beside its form (RFC 4791 §5.2.6 to §5.2.9), and its index. Throws DavError. */
export function requireWithinLimits(object: CalendarObject, limits: Limits): ObjectIndex {
  const timed = object.parts.flatMap(timedParts);
  requireNamedDates(timed, limits.maxInstances);
  for (const part of timed) {
    requireAttendees(part, limits.maxAttendeesPerInstance);
    requireDates(part, zonesOf(object.calendar), limits);
  }
  requireZones(object.calendar, timed);
  const index = indexOf(object);
  requireInstances(object, index, limits.maxInstances);
  requireInstanceDates(index, limits);
  return index;
}

function requireAttendees(part: JcalComponent, limit: number): void {
  if (limit === 0 || allProperties(part, 'attendee').length <= limit) return;
  throw new DavError(maxAttendeesPerInstance, {message: `An instance has at most ${limit} attendees.`});
}

/** RDATE and EXDATE name instances one by one, and whatever asks for the object's instances has to go through all of them. */
function requireNamedDates(parts: readonly JcalComponent[], limit: number): void {
  const named = parts.flatMap(part => [...allProperties(part, 'rdate'), ...allProperties(part, 'exdate')]);
  const count = named.reduce((sum, property) => sum + property.length - 3, 0);
  if (limit === 0 || count <= limit) return;
  throw new DavError(maxInstances, {message: `An object names at most ${limit} instances in RDATE and EXDATE.`});
}

const dates = new Set(['dtstart', 'dtend', 'due', 'recurrence-id', 'rdate', 'exdate']);

/** What a component says of time is within the limits; a floating time and a DATE as if in UTC. */
function requireDates(part: JcalComponent, findZone: FindZone, limits: Limits): void {
  for (const property of part[1]) {
    if (!dates.has(property[0])) continue;
    for (const value of property.slice(3)) {
      const time = parseTime(Array.isArray(value) ? value[0] : value, tzidOf(property), findZone);
      if (time) requireInstant(instantOf(time, utc), property[0].toUpperCase(), limits);
    }
  }
}

/** And so is each instance of a series that has an end; of one that has none, no client could tell the last. */
function requireInstanceDates({spans, horizon}: ObjectIndex, limits: Limits): void {
  const last = horizon === undefined ? spans.at(-1) : undefined;
  if (last && Number.isFinite(last.start)) requireInstant(last.start, 'An instance', limits);
}

/** RFC 5545 §3.2.19 and RFC 7809 §3.1.4: what a TZID names is in the object, or known by everybody. */
function requireZones(calendar: Calendar, parts: readonly JcalComponent[]): void {
  const findZone = zonesOf(calendar);
  for (const part of parts) {
    for (const property of part[1]) {
      const tzid = dates.has(property[0]) ? tzidOf(property) : undefined;
      if (!tzid || findZone(tzid)) continue;
      throw new DavError(validTimezone, {
        message: `The time zone ${JSON.stringify(tzid)} is not in the object, and not known here.`,
      });
    }
  }
}

function indexOf({calendar}: CalendarObject): ObjectIndex {
  try {
    return indexObject(calendar);
  } catch (error) {
    if (!(error instanceof IcalError)) throw error;
    throw new DavError(validCalendarData, {message: `Line ${error.line}: ${error.message}.`});
  }
}

/** Recurrence without an end, or with one far away, is never counted out: no client could keep to that. */
function requireInstances({parts}: CalendarObject, {spans, horizon}: ObjectIndex, limit: number): void {
  if (limit === 0) return;
  const counts = parts
    .flatMap(part => allProperties(part, 'rrule'))
    .map(rule => Number((rule[3] as {count?: number}).count ?? 0));
  const most = Math.max(horizon === undefined ? spans.length : 0, ...counts);
  if (most > limit) throw new DavError(maxInstances, {message: `An object has at most ${limit} instances.`});
}
