import {jcalOf} from '../ical/jcal.ts';
import {boundaryOf, parseCalendar} from '../ical/parse.ts';
import {printCalendar, printValue} from '../ical/print.ts';
import type {HomeView, StoredCollection} from '../store/store.ts';
import {text} from '../xml/element.ts';
import {apple, caldav, dav, type Name} from '../xml/names.ts';
import {parseXml} from '../xml/parse.ts';

/**
 * A calendar as one iCalendar object, part by part: its objects' components as they were stored, each time zone once. An object
 * that goes while the answer is on its way is left out.
 */
export async function* printMonolithic(calendar: StoredCollection, view: HomeView): AsyncIterable<string> {
  const head = describe(calendar);
  const end = head.lastIndexOf('END:VCALENDAR');
  yield head.slice(0, end);
  const zones = new Set<string>();
  for (const member of [...view.members(calendar.path)]) {
    if (member.collection) continue;
    const bytes = await view.read(member.path, member.etag);
    if (!bytes) continue;
    let part = '';
    for (const {zone, lines} of componentsIn(new TextDecoder().decode(bytes))) {
      if (zone !== undefined && zones.has(zone)) continue;
      if (zone !== undefined) zones.add(zone);
      part += `${lines.join('\r\n')}\r\n`;
    }
    yield part;
  }
  yield head.slice(end);
}

/** The VCALENDAR without components: the collection's properties by the names that subscribing clients know. */
function describe({properties}: StoredCollection): string {
  const calendar = parseCalendar('BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//caldav//server//EN\r\nEND:VCALENDAR\r\n');
  for (const [name, property] of described) {
    const printed = properties.get(property);
    const value = printed === undefined ? '' : text(parseXml(printed)).trim();
    // As text without saying so: VALUE=TEXT is what few clients expect there.
    if (value !== '') jcalOf(calendar)[1].push([name, {}, 'unknown', printValue([name, {}, 'text', value])]);
  }
  return printCalendar(calendar);
}

const described: readonly (readonly [string, Name])[] = [
  ['x-wr-calname', dav('displayname')],
  ['x-wr-caldesc', caldav('calendar-description')],
  ['x-apple-calendar-color', apple('calendar-color')],
];

interface PrintedComponent {
  /** A VTIMEZONE's TZID, as it is written. */
  readonly zone: string | undefined;
  readonly lines: readonly string[];
}

/** The components directly within a VCALENDAR, by their lines: what is inside them is not looked at. */
function* componentsIn(source: string): Generator<PrintedComponent> {
  let depth = 0;
  let lines: string[] = [];
  let zone: string | undefined;
  for (const line of source.split(/\r\n|\n|\r/)) {
    const boundary = boundaryOf(line);
    if (boundary?.begin && depth++ === 1) {
      lines = [];
      zone = boundary.name === 'vtimezone' ? '' : undefined;
    }
    if (depth > 1 && line !== '') lines.push(line);
    if (depth === 2 && zone === '') zone = /^TZID[^:]*:(.*)$/i.exec(line)?.[1]?.trim() ?? '';
    if (boundary?.begin === false && --depth === 1) yield {zone, lines};
  }
}
