import type ICAL from 'ical.js';
import {IcalError} from '../ical/ical-error.ts';
import {type Calendar, parseCalendar} from '../ical/parse.ts';
import {dataFault} from '../ical/validate.ts';
import {DavError} from '../webdav/error.ts';
import {validCalendarData, validCalendarObjectResource} from './preconditions.ts';

/** What a calendar object is, by the rules of RFC 4791 §4.1. */
export interface CalendarObject {
  readonly calendar: Calendar;
  readonly uid: string;
  /** The one type of component beside VTIMEZONE: `VEVENT`. */
  readonly component: string;
  /** The components of that type: a master, its overrides, or overrides alone. */
  readonly parts: readonly ICAL.Component[];
}

/** Parses a calendar object. Throws DavError CALDAV:valid-calendar-data or CALDAV:valid-calendar-object-resource. */
export function parseCalendarObject(bytes: Uint8Array): CalendarObject {
  let calendar: Calendar;
  try {
    calendar = parseCalendar(bytes);
  } catch (error) {
    if (!(error instanceof IcalError)) throw error;
    throw new DavError(validCalendarData, {message: `Line ${error.line}: ${error.message}.`});
  }
  const fault = dataFault(calendar);
  if (fault) throw new DavError(validCalendarData, {message: `It is not valid: ${fault}.`});
  return requireCalendarObject(calendar);
}

/** RFC 4791 §4.1. Throws DavError CALDAV:valid-calendar-object-resource. */
export function requireCalendarObject(calendar: Calendar): CalendarObject {
  const {component: vcalendar} = calendar;
  if (vcalendar.hasProperty('method')) throw invalid('it has a METHOD, which only messages have');
  const parts = vcalendar.getAllSubcomponents().filter(({name}) => name !== 'vtimezone');
  const first = parts[0];
  if (!first) throw invalid('it holds no component');
  const other = parts.find(({name}) => name !== first.name);
  if (other) throw invalid(`it holds a ${other.name.toUpperCase()} beside a ${first.name.toUpperCase()}`);
  const uid = requireUid(parts);
  requireOneSeries(parts);
  return {calendar, uid, component: first.name.toUpperCase(), parts};
}

function requireUid(parts: readonly ICAL.Component[]): string {
  const [uid, ...others] = new Set(parts.map(part => part.getFirstPropertyValue('uid')));
  if (others.length > 0) throw invalid('its components do not have one UID');
  if (typeof uid !== 'string' || uid === '') throw invalid('it has no UID');
  return uid;
}

/** One UID is one series (RFC 5545 §3.8.4.4): a master at most, and at most one override for an instance. */
function requireOneSeries(parts: readonly ICAL.Component[]): void {
  const masters = parts.filter(part => !part.hasProperty('recurrence-id'));
  if (masters.length > 1) throw invalid('two of its components have one UID and no RECURRENCE-ID');
  const seen = new Set<string>();
  for (const part of parts) {
    const recurrenceId = part.getFirstProperty('recurrence-id');
    if (!recurrenceId) continue;
    const key = `${recurrenceId.getFirstParameter('tzid') ?? ''} ${recurrenceId.getFirstValue()}`;
    if (seen.has(key)) throw invalid(`two of its components have the RECURRENCE-ID ${recurrenceId.getFirstValue()}`);
    seen.add(key);
  }
  const [master] = masters;
  if (master && parts.length > 1 && !master.hasProperty('rrule') && !master.hasProperty('rdate')) {
    throw invalid('it has overrides of a component that does not recur');
  }
}

function invalid(why: string): DavError {
  return new DavError(validCalendarObjectResource, {message: `This is no calendar object: ${why}.`});
}
