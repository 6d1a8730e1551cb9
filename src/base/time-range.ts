/** A span of time in UTC, milliseconds since 1970; the start is included, the end is not. Either end may be open (±Infinity). */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

/** Whether two ranges share an instant. A range of no length overlaps where it lies within the other. */
export function overlaps(a: TimeRange, b: TimeRange): boolean {
  if (a.start === a.end) return a.start >= b.start && a.start < b.end;
  if (b.start === b.end) return b.start >= a.start && b.start < a.end;
  return a.start < b.end && b.start < a.end;
}
