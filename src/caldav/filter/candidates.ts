import {overlaps, type TimeRange} from '../../base/time-range.ts';
import type {ObjectIndex, Span} from '../../ical/object-index.ts';
import {toInstant, type Zone} from '../../ical/zone.ts';
import type {CompFilter} from './filter.ts';

/** What the store's index can be asked for in place of a filter: objects that match are among those it names. */
export interface Candidates {
  /** `VEVENT`; undefined: any. */
  readonly component: string | undefined;
  /** Undefined: at any time, or none. */
  readonly range: TimeRange | undefined;
}

/**
 * What the index is asked for, so that every match is among it (RFC 4791 §9.7); which of it matches is for `matches` to say. Of
 * alternatives it is what holds them all: one look at the index, however many there are.
 */
export function candidatesFor({compFilters, propFilters, anyOf}: CompFilter): Candidates {
  const telling = compFilters.filter(({isNotDefined, name}) => !isNotDefined && name !== 'vtimezone');
  if (!anyOf) return candidatesOf(telling[0]);
  if (propFilters.length > 0 || telling.length < compFilters.length) return candidatesOf(undefined);
  return telling.map(candidatesOf).reduce(hull, undefined) ?? candidatesOf(undefined);
}

function candidatesOf(filter: CompFilter | undefined): Candidates {
  if (!filter) return {component: undefined, range: undefined};
  const {name, anyOf, timeRange, propFilters, compFilters} = filter;
  const decisive = !anyOf || propFilters.length + compFilters.length === 0;
  return {component: name === '*' ? undefined : name.toUpperCase(), range: decisive ? timeRange : undefined};
}

function hull(a: Candidates | undefined, b: Candidates): Candidates {
  if (!a) return b;
  return {
    component: a.component === b.component ? a.component : undefined,
    range: a.range && b.range && {start: Math.min(a.range.start, b.range.start), end: Math.max(a.range.end, b.range.end)},
  };
}

/**
 * Whether an object matches, as far as its index can tell: a filter that asks for types of component, and for times at most, is decided
 * here mostly. Undefined: the object must be read.
 */
export function matchesIndex(index: ObjectIndex, filter: CompFilter, zone: Zone): boolean | undefined {
  const {compFilters, propFilters, anyOf} = filter;
  if (propFilters.length > 0) return undefined;
  const answers = compFilters.map(each => typeMatches(index, each, zone));
  if (answers.length === 0) return true;
  return answers.includes(anyOf) ? anyOf : answers.includes(undefined) ? undefined : !anyOf;
}

function typeMatches(index: ObjectIndex, filter: CompFilter, zone: Zone): boolean | undefined {
  const {name, isNotDefined, timeRange, propFilters, compFilters} = filter;
  if (name === '*' || name === 'vtimezone' || isNotDefined) return undefined;
  if (name.toUpperCase() !== index.component) return false;
  if (propFilters.length > 0 || compFilters.length > 0) return undefined;
  if (!timeRange) return true;
  if (index.spans.some(span => overlaps(placed(span, zone), timeRange))) return true;
  return index.horizon !== undefined && timeRange.end > index.horizon ? undefined : false;
}

function placed(span: Span, zone: Zone): TimeRange {
  if (!span.floating) return span;
  return {start: instantIn(span.start, zone), end: instantIn(span.end, zone)};
}

function instantIn(local: number, zone: Zone): number {
  return Number.isFinite(local) ? toInstant(local, zone) : local;
}
