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

/** What the index is asked for, so that every match is among it (RFC 4791 §9.7); which of it matches is for `isMatch` to say. */
export function candidatesFor(filter: CompFilter): Candidates {
  const asked = filter.compFilters.find(each => !each.isNotDefined && each.name !== 'vtimezone');
  return {component: asked?.name.toUpperCase(), range: asked?.timeRange};
}

/**
 * Whether an object matches, as far as its index can tell: a filter that asks for a type of component, and for a time at most, is
 * decided here mostly. Undefined: the object must be read.
 */
export function matchesIndex(index: ObjectIndex, filter: CompFilter, zone: Zone): boolean | undefined {
  const [asked, ...others] = filter.compFilters;
  if (!asked || others.length > 0 || filter.propFilters.length > 0 || asked.isNotDefined || asked.name === 'vtimezone')
    return undefined;
  if (asked.name.toUpperCase() !== index.component) return false;
  if (asked.propFilters.length > 0 || asked.compFilters.length > 0) return undefined;
  const range = asked.timeRange;
  if (!range) return true;
  if (index.spans.some(span => overlaps(placed(span, zone), range))) return true;
  return index.horizon !== undefined && range.end > index.horizon ? undefined : false;
}

function placed(span: Span, zone: Zone): TimeRange {
  if (!span.floating) return span;
  return {start: instantIn(span.start, zone), end: instantIn(span.end, zone)};
}

function instantIn(local: number, zone: Zone): number {
  return Number.isFinite(local) ? toInstant(local, zone) : local;
}
