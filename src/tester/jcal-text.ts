import {type JcalComponent, jcalOf} from '../ical/jcal.ts';
import {type Calendar, parseCalendar} from '../ical/parse.ts';

/** A calendar written as jCal (RFC 7265), or as iCalendar; undefined where it is neither. */
export function readJcal(text: string): Calendar | undefined {
  try {
    if (!/^\s*\[/.test(text)) return parseCalendar(text);
    const [name, properties, components] = JSON.parse(text) as JcalComponent;
    if (name !== 'vcalendar') return undefined;
    const calendar = parseCalendar('BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n');
    jcalOf(calendar).splice(1, 2, properties, components);
    return calendar;
  } catch {
    return undefined;
  }
}
