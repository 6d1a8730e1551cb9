import type {Calendar} from '../ical/parse.ts';
import {printCalendar} from '../ical/print.ts';

interface Printed {
  readonly text: string;
  bytes?: Uint8Array;
}

const known = new WeakMap<Calendar, Printed>();

/** A calendar that nobody writes to any more, as text: what goes to a thousand is printed once. */
export function printedText(calendar: Calendar): string {
  return printed(calendar).text;
}

/** The same as bytes. */
export function printedBytes(calendar: Calendar): Uint8Array {
  const found = printed(calendar);
  found.bytes ??= new TextEncoder().encode(found.text);
  return found.bytes;
}

function printed(calendar: Calendar): Printed {
  const found = known.get(calendar) ?? {text: printCalendar(calendar)};
  known.set(calendar, found);
  return found;
}
