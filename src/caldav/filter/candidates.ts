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
 * What the index is asked for, so that every match is among one of these (RFC 4791 §9.7); which of it matches is for `isMatch` to say.
 */
export function candidatesFor(filter: CompFilter): Candidates[] {
  const {compFilters, propFilters, anyOf} = filter;
  if (!anyOf) return [candidatesOf(compFilters.find(says) ?? everything)];
  const isTold = propFilters.length === 0 && compFilters.length > 0 && compFilters.every(says);
  return isTold ? compFilters.map(candidatesOf) : [candidatesOf(everything)];
}

const everything = {name: '*', anyOf: false, timeRange: undefined, propFilters: [], compFilters: []};

/** Whether a filter for a component tells anything of which objects match. */
function says({isNotDefined, name}: CompFilter): boolean {
  return !isNotDefined && name !== 'vtimezone';
}

function candidatesOf({name, anyOf, timeRange, propFilters, compFilters}: Omit<CompFilter, 'isNotDefined'>): Candidates {
  const decisive = !anyOf || propFilters.length + compFilters.length === 0;
  return {component: name === '*' ? undefined : name.toUpperCase(), range: decisive ? timeRange : undefined};
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
  const {name, timeRange, propFilters, compFilters} = filter;
  if (name === '*' || !says(filter)) return undefined;
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
