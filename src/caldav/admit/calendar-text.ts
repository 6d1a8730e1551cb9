import {DavError} from '../../webdav/error.ts';
import {convert, icalendar, jcal} from '../calendar-format.ts';
import {supportedCalendarData, validCalendarData} from '../preconditions.ts';

/**
 * The bytes of a calendar object as they are kept, iCalendar in UTF-8 (RFC 5545 §3.1.4): those that came, or the same written anew where
 * the Content-Type says another charset, or jCal. What else a body is, it shows itself: clients send iCalendar as `text/xml`, as
 * `application/octet-stream` or without a type. Throws DavError CALDAV:supported-calendar-data; for jCal, CALDAV:valid-calendar-data.
 */
export function calendarText(bytes: Uint8Array, contentType: string | undefined): Uint8Array {
  const type = /^\s*([^\s;]+)/.exec(contentType ?? '')?.[1]?.toLowerCase();
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  const text = inUtf8(bytes, charset);
  if (type === jcal.type) return new TextEncoder().encode(convert(fromUtf8(text), jcal, icalendar));
  if (type !== 'text/calendar' && !looksLikeCalendar(text)) {
    throw new DavError(supportedCalendarData, {
      message: `A calendar holds text/calendar or application/calendar+json, and this is ${type ?? 'something else'}.`,
    });
  }
  return text;
}

/** Names of UTF-8 and of what is part of it, and what is sent for it by habit. */
const likeUtf8 = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);

function inUtf8(bytes: Uint8Array, charset: string): Uint8Array {
  const marked = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (likeUtf8.has(charset) && !marked) return bytes;
  const label = !marked ? charset : bytes[0] === 0xff ? 'utf-16le' : 'utf-16be';
  try {
    return new TextEncoder().encode(new TextDecoder(label, {fatal: true}).decode(bytes));
  } catch {
    throw new DavError(supportedCalendarData, {message: `The text cannot be read as ${charset}; UTF-8 always can.`});
  }
}

/** RFC 8259 §8.1. */
function fromUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch {
    throw new DavError(validCalendarData, {message: 'It is not jCal: the text is not UTF-8.'});
  }
}

function looksLikeCalendar(bytes: Uint8Array): boolean {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
  return /^(?:ï»¿)?\s*BEGIN\s*:/i.test(start);
}
