import type {TimeRange} from '../base/time-range.ts';
import type {Calendar} from '../ical/parse.ts';
import {expandCalendar, limitFreebusySet, limitRecurrenceSet, type Selection, select} from '../ical/partial.ts';
import type {Zone} from '../ical/zone.ts';
import {DavError} from '../webdav/error.ts';
import {numberOfMatchesWithinLimits} from '../webdav/preconditions.ts';
import {child, type Element, elements} from '../xml/element.ts';
import {caldav} from '../xml/names.ts';
import {type CalendarFormat, calendarFormats, convert, formatOf, icalendar} from './calendar-format.ts';
import {parseTimeRange} from './filter/parse.ts';
import {supportedCalendarData, validFilter} from './preconditions.ts';

/** What a report wants of calendar objects (RFC 4791 §9.6). */
export interface CalendarDataRequest {
  readonly format: CalendarFormat;
  readonly selection: Selection | undefined;
  readonly expand: TimeRange | undefined;
  readonly limitRecurrenceSet: TimeRange | undefined;
  readonly limitFreebusySet: TimeRange | undefined;
}

/** No object is worth more instances in one answer. */
const maxExpanded = 5000;

/** Parses CALDAV:calendar-data as it stands in DAV:prop. Throws DavError CALDAV:supported-calendar-data, or for a range that is none. */
export function parseCalendarDataRequest(wanted: Element): CalendarDataRequest {
  const {'content-type': type = 'text/calendar', version = '2.0'} = wanted.attributes;
  const format = formatOf(type);
  if (!format || version !== '2.0') {
    const supported = calendarFormats.map(each => each.type).join(' or ');
    throw new DavError(supportedCalendarData, {message: `Calendar data is ${supported} 2.0 here, and not ${type} ${version}.`});
  }
  const range = (name: string) => {
    const found = child(wanted, caldav(name));
    return found && requireBothEnds(parseTimeRange(found));
  };
  const comp = child(wanted, caldav('comp'));
  if (comp && nameOf(comp) !== 'vcalendar') throw new DavError(validFilter, {message: 'The outermost comp is for VCALENDAR.'});
  return {
    format,
    selection: comp && parseSelection(comp),
    expand: range('expand'),
    limitRecurrenceSet: range('limit-recurrence-set'),
    limitFreebusySet: range('limit-freebusy-set'),
  };
}

/** RFC 4791 §9.6.5 to §9.6.7: of these ranges neither end may be missing. */
function requireBothEnds(range: TimeRange): TimeRange {
  if (Number.isFinite(range.start) && Number.isFinite(range.end)) return range;
  throw new DavError(validFilter, {message: 'The range to expand or limit to has a start and an end.'});
}

/** RFC 4791 §9.6.1. A comp that says nothing of what is in it wants all of it: so §7.8.1 has it. */
function parseSelection(comp: Element): Selection {
  const properties = elements(comp, caldav('prop'));
  const components = elements(comp, caldav('comp'));
  const saysNothing = elements(comp).length === 0;
  return {
    properties:
      saysNothing || child(comp, caldav('allprop'))
        ? undefined
        : new Map(properties.map(prop => [nameOf(prop), {value: prop.attributes.novalue !== 'yes'}])),
    components:
      saysNothing || child(comp, caldav('allcomp'))
        ? undefined
        : new Map(components.map(part => [nameOf(part), parseSelection(part)])),
  };
}

function nameOf({attributes}: Element): string {
  return (attributes.name ?? '').toLowerCase();
}

/** Whether the object as it was sent will do. */
export function isWhole({selection, expand, limitRecurrenceSet, limitFreebusySet}: CalendarDataRequest): boolean {
  return !selection && !expand && !limitRecurrenceSet && !limitFreebusySet;
}

const decoder = new TextDecoder('utf-8', {ignoreBOM: true});

/**
 * The text of CALDAV:calendar-data for one object: its bytes as they were sent where nothing less is wanted, else what is wanted,
 * printed anew. `zoneOf` is asked only then. Throws DavError for an object that cannot be read, or has too many instances.
 */
export function calendarData(bytes: Uint8Array, request: CalendarDataRequest, zoneOf: () => Zone): string {
  if (isWhole(request)) return convert(decoder.decode(bytes), icalendar, request.format);
  const zone = zoneOf();
  let calendar: Calendar | undefined = icalendar.parse(decoder.decode(bytes));
  if (request.expand) calendar = expandCalendar(calendar, request.expand, {zone, limit: maxExpanded});
  if (!calendar)
    throw new DavError(numberOfMatchesWithinLimits, {message: 'The object has more instances there than an answer holds.'});
  if (request.limitRecurrenceSet) calendar = limitRecurrenceSet(calendar, request.limitRecurrenceSet, zone);
  if (request.limitFreebusySet) calendar = limitFreebusySet(calendar, request.limitFreebusySet);
  if (request.selection) calendar = select(calendar, request.selection);
  return request.format.print(calendar);
}
