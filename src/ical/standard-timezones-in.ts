import type {JcalComponent} from './jcal.ts';
import {printComponent} from './print.ts';
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
  // A year before is enough to tell what holds at its start.
  for (const [tzid, year] of missing) inserted += printedTimezone(tzid, whole ? undefined : Math.max(year - 1, 1));
  if (inserted === '') return text;
  const first = /^BEGIN:(?!VCALENDAR)/im.exec(text);
  return first ? text.slice(0, first.index) + inserted + text.slice(first.index) : text;
}

const printed = new Map<string, string>();
const maxPrinted = 1000;

/** Remembered: a report puts the same few into thousands of objects. Empty: nothing is known of the zone. */
function printedTimezone(tzid: string, fromYear: number | undefined): string {
  const key = `${fromYear} ${tzid}`;
  let text = printed.get(key);
  if (text === undefined) {
    const zone = zoneByName(tzid);
    const start = fromYear === undefined ? undefined : new Date(0).setUTCFullYear(fromYear, 0, 1);
    const component = zone && standardTimezone(zone.id, {start});
    text = component ? printComponent(renamed(component, tzid)) : '';
    if (printed.size >= maxPrinted) printed.clear();
    printed.set(key, text);
  }
  return text;
}

function renamed([name, properties, components]: JcalComponent, tzid: string): JcalComponent {
  return [name, properties.map(property => (property[0] === 'tzid' ? ['tzid', {}, 'text', tzid] : property)), components];
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
