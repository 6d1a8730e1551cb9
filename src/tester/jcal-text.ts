import {parseJcal} from '../ical/jcal-parse.ts';
import {type Calendar, parseCalendar} from '../ical/parse.ts';
import {printCalendar} from '../ical/print.ts';

/** A calendar written as jCal (RFC 7265), or as iCalendar; undefined where it is neither. What jCal can say in two ways becomes one. */
export function readJcal(text: string): Calendar | undefined {
  try {
    return parseCalendar(/^\s*\[/.test(text) ? printCalendar(parseJcal(text)) : text);
  } catch {
    return undefined;
  }
}
