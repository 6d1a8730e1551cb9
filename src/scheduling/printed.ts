import type {Calendar} from '../ical/parse.ts';
import {printCalendar} from '../ical/print.ts';

const texts = new WeakMap<Calendar, string>();
const bytes = new WeakMap<Calendar, Uint8Array>();

/** A calendar that nobody writes to any more, as text: what goes to a thousand is printed once. */
export function printedText(calendar: Calendar): string {
  let text = texts.get(calendar);
  if (text === undefined) {
    text = printCalendar(calendar);
    texts.set(calendar, text);
  }
  return text;
}

/** The same as bytes. */
export function printedBytes(calendar: Calendar): Uint8Array {
  let found = bytes.get(calendar);
  if (!found) {
    found = new TextEncoder().encode(printCalendar(calendar));
    bytes.set(calendar, found);
  }
  return found;
}
