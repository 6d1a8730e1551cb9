import type {TimeRange} from '../../base/time-range.ts';
import {DavError, type Precondition} from '../../webdav/error.ts';
import {child, type Element, element, elements, text} from '../../xml/element.ts';
import {caldav, type Name} from '../../xml/names.ts';
import {supportedCollation, supportedFilter, validFilter} from '../preconditions.ts';
import {collations, defaultCollation} from './collation.ts';
import type {CompFilter, MatchType, ParamFilter, PropFilter, TextMatch} from './filter.ts';

/**
 * Parses CALDAV:filter (RFC 4791 §9.7). Throws DavError CALDAV:valid-filter, CALDAV:supported-filter (with the part that is not
 * supported, §7.8) or CALDAV:supported-collation.
 */
export function parseFilter(filter: Element): CompFilter {
  const [top, ...more] = elements(filter, caldav('comp-filter'));
  if (!top || more.length > 0) throw invalid('it holds one comp-filter, for VCALENDAR');
  if (count(top) > maxParts) throw new DavError(supportedFilter, {message: `A filter has at most ${maxParts} parts.`});
  const parsed = parseCompFilter(top, undefined);
  if (parsed.name !== 'vcalendar') throw invalid('its outermost comp-filter is for VCALENDAR');
  return parsed;
}

/** Each part is asked of each object. */
const maxParts = 100;

function count(part: Element): number {
  return elements(part).reduce((sum, inner) => sum + count(inner), 1);
}

/** Which components lie in which (RFC 5545 §3.6, RFC 7953, RFC 9073, RFC 9074); of others nothing is known. */
const places: ReadonlyMap<string, readonly string[]> = new Map([
  ['vcalendar', ['vevent', 'vtodo', 'vjournal', 'vfreebusy', 'vtimezone', 'vavailability', 'vpoll']],
  ['vevent', ['valarm', 'participant', 'vlocation', 'vresource']],
  ['vtodo', ['valarm', 'participant', 'vlocation', 'vresource']],
  ['vjournal', ['participant', 'vlocation', 'vresource']],
  ['vfreebusy', ['participant', 'vlocation', 'vresource']],
  ['vavailability', ['available', 'participant', 'vlocation', 'vresource']],
  ['available', ['participant', 'vlocation', 'vresource']],
  ['valarm', ['vlocation']],
  ['participant', ['vlocation', 'vresource']],
  ['vlocation', []],
  ['vresource', []],
  ['vtimezone', ['standard', 'daylight']],
  ['standard', []],
  ['daylight', []],
]);

const known = new Set([...places.keys(), ...[...places.values()].flat()]);

/** Components that a time is asked of: those of RFC 4791 §9.9, RFC 7953's, and any of these. */
const withTime = new Set(['vevent', 'vtodo', 'vjournal', 'vfreebusy', 'valarm', 'vavailability', 'available', 'vpoll', '*']);

function parseCompFilter(filter: Element, parent: string | undefined): CompFilter {
  const name = nameOf(filter);
  const inner = parent === undefined ? undefined : places.get(parent);
  if (inner && known.has(name) && !inner.includes(name)) {
    throw invalid(`a ${name.toUpperCase()} never lies in a ${parent!.toUpperCase()}`);
  }
  const timeRange = child(filter, caldav('time-range'));
  if (timeRange && (!withTime.has(name) || parent === undefined || parent === 'vtimezone'))
    throw invalid(`a ${name.toUpperCase()} has no time of its own`);
  return {
    name,
    anyOf: isAnyOf(filter),
    isNotDefined: isNotDefined(filter),
    timeRange: timeRange && parseTimeRange(timeRange),
    propFilters: elements(filter, caldav('prop-filter')).map(parsePropFilter),
    compFilters: elements(filter, caldav('comp-filter')).map(part => parseCompFilter(part, name)),
  };
}

/** Properties of RFC 5545 that hold text, numbers or addresses: a time-range says nothing of them. */
const timeless = new Set(
  [
    'summary',
    'description',
    'location',
    'categories',
    'class',
    'comment',
    'geo',
    'priority',
    'resources',
    'status',
    'percent-complete',
  ].concat([
    'attach',
    'attendee',
    'organizer',
    'contact',
    'related-to',
    'url',
    'uid',
    'transp',
    'sequence',
    'request-status',
    'rrule',
    'tzid',
  ]),
);

function parsePropFilter(filter: Element): PropFilter {
  const name = nameOf(filter);
  const timeRange = child(filter, caldav('time-range'));
  const textMatch = child(filter, caldav('text-match'));
  if (timeRange && textMatch) throw invalid('a prop-filter holds a time-range or a text-match');
  if (timeRange && timeless.has(name)) throw invalid(`${name.toUpperCase()} holds no time`);
  return {
    name,
    anyOf: isAnyOf(filter),
    isNotDefined: isNotDefined(filter),
    timeRange: timeRange && parseTimeRange(timeRange),
    textMatch: textMatch && parseTextMatch(textMatch),
    paramFilters: elements(filter, caldav('param-filter')).map(parseParamFilter),
  };
}

function parseParamFilter(filter: Element): ParamFilter {
  const textMatch = child(filter, caldav('text-match'));
  return {name: nameOf(filter), isNotDefined: isNotDefined(filter), textMatch: textMatch && parseTextMatch(textMatch)};
}

const parts: readonly Name[] = ['is-not-defined', 'time-range', 'text-match', 'prop-filter', 'param-filter', 'comp-filter'].map(
  part => caldav(part),
);

/** Whether a filter says that something is not there. Throws for what else such a filter says, and for parts nobody knows. */
function isNotDefined(filter: Element): boolean {
  const inner = elements(filter);
  const unknown = inner.find(({name}) => !parts.includes(name));
  if (unknown)
    throw new DavError(supportedFilter, {message: 'A part of the filter is not known here.', content: [element(unknown.name)]});
  const found = inner.some(({name}) => name === caldav('is-not-defined'));
  if (found && inner.length > 1) throw invalid('is-not-defined stands alone');
  return found;
}

/** draft-daboo-caldav-extensions §3.1 and §3.2. */
function isAnyOf({attributes: {test = 'allof'}}: Element): boolean {
  if (test !== 'allof' && test !== 'anyof') throw invalid(`test is allof or anyof, and not ${test}`);
  return test === 'anyof';
}

const matchTypes: ReadonlySet<string> = new Set<MatchType>(['contains', 'equals', 'starts-with', 'ends-with']);

function parseTextMatch(match: Element): TextMatch {
  const {
    collation: named = defaultCollation,
    'negate-condition': negate = 'no',
    'match-type': type = 'contains',
  } = match.attributes;
  if (!matchTypes.has(type)) throw invalid(`match-type is one of ${[...matchTypes].join(', ')}, and not ${type}`);
  const collation = collations.get(named === 'default' ? defaultCollation : named);
  if (!collation) throw new DavError(supportedCollation, {message: `The collation ${named} is not known here.`});
  return {text: collation(text(match)), type: type as MatchType, collation, negate: negate === 'yes'};
}

/**
 * Parses CALDAV:time-range (RFC 4791 §9.9), CALDAV:expand and their like: UTC times in `start` and `end`, one of which may be missing.
 * Throws DavError with the condition of who asks.
 */
export function parseTimeRange({attributes}: Element, condition: Precondition | number = validFilter): TimeRange {
  const {start, end} = attributes;
  const range = {start: parseUtc(start, -Infinity), end: parseUtc(end, Infinity)};
  if ((start === undefined && end === undefined) || !(range.start < range.end)) {
    throw new DavError(condition, {message: 'A time range has a start or an end in UTC, and the end comes later.'});
  }
  return range;
}

/** NaN for what is no DATE-TIME in UTC, so that no comparison holds. */
function parseUtc(value: string | undefined, missing: number): number {
  if (value === undefined) return missing;
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(value.trim());
  if (!match) return Number.NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function nameOf({attributes}: Element): string {
  const {name} = attributes;
  if (!name) throw invalid('a part of it has no name');
  return name.toLowerCase();
}

function invalid(why: string): DavError {
  return new DavError(validFilter, {message: `The filter is not valid: ${why}.`});
}
