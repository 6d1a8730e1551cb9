import type {TimeRange} from '../base/time-range.ts';
import {
  allProperties,
  firstProperty,
  type JcalComponent,
  type JcalProperty,
  jcalOf,
  mainComponents,
  textOf,
} from '../ical/jcal.ts';
import {parseJcal} from '../ical/jcal-parse.ts';
import {printJcal} from '../ical/jcal-print.ts';
import {type Calendar, parseCalendar} from '../ical/parse.ts';
import {printCalendar} from '../ical/print.ts';
import {timeOf} from '../ical/recurrence-set.ts';
import {day, instantOf} from '../ical/time.ts';
import {zonesOf} from '../ical/time-zones.ts';
import {utc} from '../ical/zone.ts';
import {essence} from '../webdav/content-type.ts';
import {DavError} from '../webdav/error.ts';
import {supportedCalendarData, validSchedulingMessage} from './preconditions.ts';
import {requireCalendar} from './require-calendar.ts';

/** What somebody asks others' busy time by (RFC 5546 §3.3.2). */
export interface FreeBusyRequest {
  readonly uid: string;
  readonly organizer: JcalProperty;
  /** Those who are asked, each once, as they were written. */
  readonly attendees: readonly JcalProperty[];
  readonly range: TimeRange;
  /** CalendarServer's X-CALENDARSERVER-MASK-UID: meetings of the organizer's whose time is to be left out, as they may be moved. */
  readonly masked: ReadonlySet<string>;
  readonly format: MessageFormat;
}

/** How a message is written. */
export interface MessageFormat {
  readonly type: string;
  parse(text: string): Calendar;
  print(calendar: Calendar): string;
}

const formats: readonly MessageFormat[] = [
  {type: 'text/calendar', parse: parseCalendar, print: printCalendar},
  {type: 'application/calendar+json', parse: parseJcal, print: printJcal},
];

/** Who asks for more would have the server look through years. */
const maxDays = 1100;

/** Reads the body of a POST to an Outbox (RFC 6638 §5). Throws DavError with its preconditions. */
export function parseFreeBusyRequest(body: Uint8Array, contentType: string | undefined): FreeBusyRequest {
  const type = essence(contentType ?? '');
  const format = formats.find(each => each.type === type);
  if (!format) throw new DavError(supportedCalendarData, {message: 'An Outbox takes text/calendar.'});
  const calendar = requireCalendar(() => format.parse(new TextDecoder().decode(body)));
  const busy = requireRequest(calendar);
  const [organizer, ...others] = allProperties(busy, 'organizer');
  if (!organizer || others.length > 0) throw invalid('it names one ORGANIZER');
  const uid = textOf(busy, 'uid');
  if (!uid) throw invalid('it has a UID');
  const byAddress = new Map(allProperties(busy, 'attendee').map(attendee => [String(attendee[3]), attendee]));
  if (byAddress.size === 0) throw invalid('it asks at least one ATTENDEE');
  const range = requireRange(busy, calendar);
  const masked = allProperties(busy, 'x-calendarserver-mask-uid').map(([, , , value]) => String(value));
  return {uid, organizer, attendees: [...byAddress.values()], range, masked: new Set(masked), format};
}

function requireRequest(calendar: Calendar): JcalComponent {
  const [busy, ...others] = mainComponents(calendar);
  const method = textOf(jcalOf(calendar), 'method')?.toUpperCase();
  if (busy && busy[0] !== 'vfreebusy') {
    throw new DavError(validSchedulingMessage, {
      message: 'Only busy time is asked for here. To invite and to reply, store the event in a calendar (RFC 6638 §3.2).',
    });
  }
  if (!busy || others.length > 0) throw invalid('it has one VFREEBUSY');
  if (method !== 'REQUEST') throw invalid('its METHOD is REQUEST');
  return busy;
}

function requireRange(busy: JcalComponent, calendar: Calendar): TimeRange {
  const findZone = zonesOf(calendar);
  const [start, end] = ['dtstart', 'dtend'].map(name => {
    const time = firstProperty(busy, name) && timeOf(busy, name, findZone);
    return time && instantOf(time, utc);
  });
  if (start === undefined || end === undefined || end <= start) throw invalid('it has a DTSTART, and a DTEND after that');
  if (end - start > maxDays * day) throw invalid(`it asks for ${maxDays} days at most`);
  return {start, end};
}

function invalid(what: string): DavError {
  return new DavError(validSchedulingMessage, {message: `A request for busy time is one of which this holds: ${what}.`});
}
