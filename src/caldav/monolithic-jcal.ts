import type {Log} from '../base/log.ts';
import {IcalError} from '../ical/ical-error.ts';
import {jcalOf} from '../ical/jcal.ts';
import {printJcalComponent} from '../ical/jcal-print.ts';
import {parseCalendar} from '../ical/parse.ts';

/**
 * The parts that `printMonolithic` makes, as jCal: one object, or an array of them (RFC 7265 §3.2) where the stream holds more than one,
 * which shows only at its end. A part that cannot be read is left out.
 */
export async function printMonolithicJcal(parts: AsyncIterable<string>, log: Log): Promise<string> {
  const objects: string[] = [];
  let components: string[] = [];
  let head = '';
  for await (const part of parts) {
    if (part.startsWith('BEGIN:VCALENDAR')) head = part;
    else if (part.startsWith('END:VCALENDAR')) {
      const [, properties] = jcalOf(parseCalendar(`${head}${part}`));
      objects.push(`["vcalendar",${JSON.stringify(properties)},[${components.join(',')}]]`);
      components = [];
    } else components.push(...componentsIn(part, log));
  }
  return objects.length === 1 ? objects[0]! : `[${objects.join(',')}]`;
}

function componentsIn(part: string, log: Log): string[] {
  try {
    return jcalOf(parseCalendar(`BEGIN:VCALENDAR\r\n${part}END:VCALENDAR\r\n`))[2].map(printJcalComponent);
  } catch (error) {
    if (!(error instanceof IcalError)) throw error;
    log.warn({err: error}, 'An object is left out of a calendar given as jCal, as it cannot be read');
    return [];
  }
}
