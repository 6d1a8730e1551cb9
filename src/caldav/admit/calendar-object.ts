import {IcalError} from '../../ical/ical-error.ts';
import {firstProperty, type JcalComponent, jcalOf, mainComponents} from '../../ical/jcal.ts';
import {type Calendar, parseCalendar} from '../../ical/parse.ts';
import {scaleOf} from '../../ical/scale.ts';
import {skimCalendar} from '../../ical/skim.ts';
import {tzidOf} from '../../ical/time.ts';
import {dataFault} from '../../ical/validate.ts';
import {DavError} from '../../webdav/error.ts';
import {supportedRscale, validCalendarData, validCalendarObjectResource} from '../preconditions.ts';

/** What a calendar object is, by the rules of RFC 4791 §4.1. */
export interface CalendarObject {
  readonly calendar: Calendar;
  readonly uid: string;
  /** The one type of component beside VTIMEZONE: `VEVENT`. */
  readonly component: string;
  /** The components of that type: a master, its overrides, or overrides alone. */
  readonly parts: readonly JcalComponent[];
}

/**
 * Reads a calendar object: what decides about it, which may be less than all of it (`skim.ts`). Throws DavError
 * CALDAV:valid-calendar-data or CALDAV:valid-calendar-object-resource.
 */
export function readCalendarObject(bytes: Uint8Array): CalendarObject {
  return calendarObject(skimCalendar(bytes) ?? parseWhole(bytes));
}

function parseWhole(bytes: Uint8Array): Calendar {
  try {
    return parseCalendar(bytes);
  } catch (error) {
    if (!(error instanceof IcalError)) throw error;
    throw new DavError(validCalendarData, {message: `Line ${error.line}: ${error.message}.`});
  }
}

/** The calendar object that a calendar is. Throws as `readCalendarObject` does. */
export function calendarObject(calendar: Calendar): CalendarObject {
  requireScales(jcalOf(calendar));
  const fault = dataFault(calendar);
  if (fault) throw new DavError(validCalendarData, {message: `It is not valid: ${fault}.`});
  return requireCalendarObject(calendar);
}

/** Throws DavError CALDAV:supported-rscale. */
function requireScales([, properties, components]: JcalComponent): void {
  for (const [name, , , rule] of properties) {
    if (name !== 'rrule' && name !== 'exrule') continue;
    const {rscale} = Object(rule) as {rscale?: unknown};
    if (rscale === undefined || scaleOf(String(rscale))) continue;
    throw new DavError(supportedRscale, {message: `The calendar system ${String(rscale)} is not known here.`});
  }
  for (const component of components) requireScales(component);
}

/** RFC 4791 §4.1. Throws DavError CALDAV:valid-calendar-object-resource. */
function requireCalendarObject(calendar: Calendar): CalendarObject {
  if (firstProperty(jcalOf(calendar), 'method')) throw invalid('it has a METHOD, which only messages have');
  const parts = mainComponents(calendar);
  const component = parts[0]?.[0].toUpperCase();
  if (component === undefined) throw invalid('it holds no component');
  const other = parts.find(([name]) => name.toUpperCase() !== component);
  if (other) throw invalid(`it holds a ${other[0].toUpperCase()} beside a ${component}`);
  const uid = requireUid(parts);
  requireOneSeries(parts);
  return {calendar, uid, component, parts};
}

function requireUid(parts: readonly JcalComponent[]): string {
  const [uid, ...others] = new Set(parts.map(part => firstProperty(part, 'uid')?.[3]));
  if (others.length > 0) throw invalid('its components do not have one UID');
  if (typeof uid !== 'string' || uid === '') throw invalid('it has no UID');
  return uid;
}

/** One UID is one series (RFC 5545 §3.8.4.4): a master at most, and at most one override for an instance. */
function requireOneSeries(parts: readonly JcalComponent[]): void {
  const masters: JcalComponent[] = [];
  const seen = new Set<string>();
  for (const part of parts) {
    const recurrenceId = firstProperty(part, 'recurrence-id');
    if (!recurrenceId) {
      masters.push(part);
      continue;
    }
    const key = `${tzidOf(recurrenceId) ?? ''} ${recurrenceId[3]}`;
    if (seen.has(key)) throw invalid(`two of its components have the RECURRENCE-ID ${recurrenceId[3]}`);
    seen.add(key);
  }
  const [master, second] = masters;
  if (second) throw invalid('two of its components have one UID and no RECURRENCE-ID');
  if (master && parts.length > 1 && !firstProperty(master, 'rrule') && !firstProperty(master, 'rdate')) {
    throw invalid('it has overrides of a component that does not recur');
  }
}

function invalid(why: string): DavError {
  return new DavError(validCalendarObjectResource, {message: `This is no calendar object: ${why}.`});
}
