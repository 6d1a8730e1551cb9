import type {Span} from '../../ical/object-index.ts';

const hour = 3_600_000;
/** A floating time may be anywhere from UTC−12 to UTC+14. */
const floatingSpare = 14 * hour;
/** The farthest a Date reaches from 1970. */
const farthest = 8_640_000_000_000_000;

/**
 * Spans are kept by length: a span of level n is at most `levels[n]` milliseconds long. A look-up by range then reads, for each
 * level, only the starts that lie at most that far before the range.
 */
export const levels: readonly number[] = Array.from({length: 12}, (_, level) => hour * 8 ** level);

/** A row of the table `span`. */
export interface SpanRow {
  readonly level: number;
  readonly start: number;
  readonly end: number;
}

/** The rows for an object's spans: floating ones widened, each row once. */
export function spanRows(spans: readonly Span[]): SpanRow[] {
  const rows = new Map<string, SpanRow>();
  for (const span of spans) {
    const spare = span.floating ? floatingSpare : 0;
    const start = clamp(Math.floor(span.start) - spare, -farthest);
    const end = clamp(Math.ceil(span.end) + spare, farthest);
    rows.set(`${start} ${end}`, {level: levelOf(end - start), start, end});
  }
  return [...rows.values()];
}

const bytesOfSpan = 16;

/** Spans as they stand beside the object: pairs of doubles, twice the start plus 1 where it is floating, and the end. */
export function packSpans(spans: readonly Span[]): Uint8Array {
  const packed = new DataView(new ArrayBuffer(spans.length * bytesOfSpan));
  for (const [at, {start, end, floating}] of spans.entries()) {
    packed.setFloat64(at * bytesOfSpan, Math.floor(start) * 2 + (floating ? 1 : 0));
    packed.setFloat64(at * bytesOfSpan + 8, end);
  }
  return new Uint8Array(packed.buffer);
}

/** How many spans are packed here. */
export function spanCount(packed: Uint8Array): number {
  return packed.length / bytesOfSpan;
}

/** The reverse of `packSpans`. */
export function unpackSpans(packed: Uint8Array): Span[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  const spans: Span[] = [];
  for (let at = 0; at < packed.length; at += bytesOfSpan) {
    const start = view.getFloat64(at);
    const floating = Math.abs(start % 2) === 1;
    spans.push({start: (floating ? start - 1 : start) / 2, end: view.getFloat64(at + 8), floating});
  }
  return spans;
}

function levelOf(length: number): number {
  const level = levels.findIndex(width => length <= width);
  return level < 0 ? levels.length - 1 : level;
}

/** What is no instant at all is taken for an open end. */
const clamp = (instant: number, open: number) =>
  Number.isNaN(instant) ? open : Math.min(farthest, Math.max(-farthest, instant));
