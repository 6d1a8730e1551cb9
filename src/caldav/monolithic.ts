import {breathe} from '../base/breathe.ts';
import {jcalOf} from '../ical/jcal.ts';
import {boundaryOf, parseCalendar} from '../ical/parse.ts';
import {printCalendar, printValue} from '../ical/print.ts';
import {zoneByName} from '../ical/time-zones.ts';
import type {HomeView, StoredCollection} from '../store/store.ts';
import {text} from '../xml/element.ts';
import {apple, caldav, dav, type Name} from '../xml/names.ts';
import {parseXml} from '../xml/parse.ts';

/**
 * A calendar as one iCalendar object, part by part: its objects' components as they were stored, each time zone once. An object that
 * means another zone by a TZID that nobody else knows comes in a further VCALENDAR of the stream (RFC 5545 §3.4), for within one a
 * TZID has one meaning. An object that goes while the answer is on its way is left out.
 */
export async function* printMonolithic(
  calendar: StoredCollection,
  view: Pick<HomeView, 'members' | 'read'>,
): AsyncIterable<string> {
  const head = describe(calendar);
  const end = head.lastIndexOf('END:VCALENDAR');
  let members = [...view.members(calendar.path)];
  do {
    const further: typeof members = [];
    const zones = new Map<string, string>();
    yield head.slice(0, end);
    for (const member of members) {
      const bytes = member.collection ? undefined : await view.read(member.path, member.etag);
      if (!bytes) continue;
      await breathe();
      const components = [...componentsIn(new TextDecoder().decode(bytes))];
      if (components.some(component => clashes(component, zones))) further.push(member);
      else yield withoutKnownZones(components, zones);
    }
    yield head.slice(end);
    members = further;
  } while (members.length > 0);
}

/** A zone whose name everybody knows is the same one, in whatever words. */
function clashes({zone, text}: PrintedComponent, zones: ReadonlyMap<string, string>): boolean {
  return zone !== undefined && (zones.get(zone) ?? text) !== text && !zoneByName(zone);
}

/** The components but for time zones already in `zones`, to which the others are added. */
function withoutKnownZones(components: readonly PrintedComponent[], zones: Map<string, string>): string {
  let part = '';
  for (const {zone, text} of components) {
    if (zone !== undefined) {
      if (zones.has(zone)) continue;
      zones.set(zone, text);
    }
    part += text;
  }
  return part;
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
  readonly text: string;
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
    if (boundary?.begin === false && --depth === 1) yield {zone, text: `${lines.join('\r\n')}\r\n`};
  }
}
