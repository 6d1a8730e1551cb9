import ICAL from 'ical.js';
import {standardTimezone} from './standard-timezone.ts';
import {zoneByName} from './time-zones.ts';
import {spellingOf} from './tzdata.ts';

/** A VTIMEZONE's lines, as they stand in a text that has been parsed before. */
const blocks = /^BEGIN:VTIMEZONE[ \t]*\r?\n[\s\S]*?^END:VTIMEZONE[ \t]*(?:\r?\n|$)/gim;

/** The text of an iCalendar object without the VTIMEZONEs whose names are in IANA's database (RFC 7809 §3.1.3); the rest to the byte. */
export function withoutStandardTimezones(text: string): string {
  return text.replace(blocks, block => {
    const tzid = tzidIn(block);
    return tzid !== undefined && spellingOf(tzid) === tzid ? '' : block;
  });
}

/**
 * The text with a VTIMEZONE for every TZID that names a known zone and has none (RFC 7809 §3.1.3); the rest to the byte. `whole`: each
 * tells all its past, and not just as much as the object needs.
 */
export function withStandardTimezones(text: string, whole = false): string {
  const missing = referred(unfolded(text));
  for (const [block] of text.matchAll(blocks)) missing.delete(tzidIn(block) ?? '');
  let inserted = '';
  for (const [tzid, year] of missing) {
    const zone = zoneByName(tzid);
    // A year before is enough to tell what holds at its start.
    const component = zone && standardTimezone(zone.id, whole ? {} : {start: Date.UTC(Math.max(year - 1, 1), 0)});
    if (!component) continue;
    component[1] = component[1].map(property => (property[0] === 'tzid' ? ['tzid', {}, 'text', tzid] : property));
    inserted += `${new ICAL.Component(component).toString()}\r\n`;
  }
  if (inserted === '') return text;
  const first = /^BEGIN:(?!VCALENDAR)/im.exec(text);
  return first ? text.slice(0, first.index) + inserted + text.slice(first.index) : text;
}

/** The TZID of the first VTIMEZONE in a text. */
export function tzidIn(block: string): string | undefined {
  return /^TZID[^:\r\n]*:(.*?)[ \t]*\r?$/im.exec(unfolded(block))?.[1];
}

function unfolded(text: string): string {
  return text.replaceAll(/\r?\n[ \t]/g, '');
}

/** The TZIDs of properties, and the earliest year that each is named with. */
function referred(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const [, parameters, value] of text.matchAll(/^[\w-]+((?:;[\w-]+=(?:"[^"\r\n]*"|[^";:\r\n])*)+):(.{0,4})/gim)) {
    const match = /;TZID=(?:"([^"]*)"|([^";:]*))/i.exec(parameters!);
    const tzid = match && (match[1] ?? match[2]!).trim();
    if (tzid) found.set(tzid, Math.min(found.get(tzid) ?? 9999, Number(value) || 1970));
  }
  return found;
}
