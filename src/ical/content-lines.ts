import {IcalError} from './ical-error.ts';

/** One content line (RFC 5545 §3.1), unfolded. */
export interface ContentLine {
  /** The physical line it starts on, counted from 1. */
  readonly line: number;
  readonly text: string;
  /** The physical lines it was folded into, without the white space that folds them. */
  readonly folded: readonly string[];
}

/**
 * The content lines of a text, unfolded (RFC 5545 §3.1). What real clients send is taken: lines that end in LF, CR CR LF or (throughout) CR,
 * blank lines, stray control characters, a byte order mark, folds within a UTF-8 sequence. Throws IcalError where it is not UTF-8.
 */
export function* contentLines(source: Uint8Array | string): Generator<ContentLine> {
  const text = (typeof source === 'string' ? source : decode(source)).replace(/^\ufeff/, '');
  const newline = text.includes('\n') ? '\n' : '\r';
  let folded: string[] = [];
  let start = 0;
  let number = 0;
  for (let from = 0; from < text.length; ) {
    const found = text.indexOf(newline, from);
    const end = found === -1 ? text.length : found;
    const physical = clean(text.slice(from, end));
    from = end + 1;
    number++;
    if (folded.length > 0 && (physical.startsWith(' ') || physical.startsWith('\t'))) {
      folded.push(physical.slice(1));
      continue;
    }
    if (physical.trim() === '') continue;
    if (folded.length > 0) yield {line: start, text: folded.length === 1 ? folded[0]! : folded.join(''), folded};
    folded = [physical];
    start = number;
  }
  if (folded.length > 0) yield {line: start, text: folded.length === 1 ? folded[0]! : folded.join(''), folded};
}

const controls = /[\u0000-\u0008\u000a-\u001f\u007f]/;

function clean(physical: string): string {
  return controls.test(physical) ? physical.replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, '') : physical;
}

const utf8 = new TextDecoder('utf-8', {fatal: true});

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    // RFC 5545 §3.1: a fold may have been put between the octets of one character.
    const unfolded = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      .toString('latin1')
      .replace(/\r?\n[ \t]/g, '');
    try {
      return utf8.decode(Buffer.from(unfolded, 'latin1'));
    } catch {
      throw new IcalError(firstBadLine(bytes), 'the text is not UTF-8');
    }
  }
}

function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, from);
    const end = newline === -1 ? bytes.length : newline;
    try {
      utf8.decode(bytes.subarray(from, end));
    } catch {
      return line;
    }
    from = end + 1;
  }
  return line;
}
