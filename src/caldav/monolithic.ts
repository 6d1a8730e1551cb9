import {createHash} from 'node:crypto';
import {breathe} from '../base/breathe.ts';
import {jcalOf} from '../ical/jcal.ts';
import {boundaryOf, parseCalendar} from '../ical/parse.ts';
import {printCalendar, printValue} from '../ical/print.ts';
import {zoneByName} from '../ical/time-zones.ts';
import type {HomeView, StoredCollection, StoredObject} from '../store/store.ts';
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
  const first: Frame = {zones: new Map(), members: []};
  const frames = [first];
  yield head.slice(0, end);
  for (const member of [...view.members(calendar.path)]) {
    if (member.collection) continue;
    const components = await componentsOf(member, view);
    if (!components) continue;
    let frame = frames.find(({zones}) => !components.some(component => clashes(component, zones)));
    if (!frame) {
      frame = {zones: new Map(), members: []};
      frames.push(frame);
    }
    const part = withoutKnownZones(components, frame.zones);
    if (frame === first) yield part;
    else frame.members.push(member);
  }
  yield head.slice(end);
  for (const {members} of frames.slice(1)) {
    const zones = new Map<string, string>();
    yield head.slice(0, end);
    for (const member of members) {
      const components = await componentsOf(member, view);
      if (components) yield withoutKnownZones(components, zones);
    }
    yield head.slice(end);
  }
}

/** One VCALENDAR of the stream: the time zones in it, by TZID what each means, and what is read again when its turn comes. */
interface Frame {
  readonly zones: Map<string, string>;
  readonly members: StoredObject[];
}

/** Undefined: it has gone. */
async function componentsOf({path, etag}: StoredObject, view: Pick<HomeView, 'read'>): Promise<PrintedComponent[] | undefined> {
  const bytes = await view.read(path, etag);
  await breathe();
  return bytes && [...componentsIn(new TextDecoder().decode(bytes))];
}

function clashes({zone, meaning}: PrintedComponent, zones: ReadonlyMap<string, string>): boolean {
  return zone !== undefined && (zones.get(zone) ?? meaning) !== meaning;
}

/** The components but for time zones already in `zones`, to which the others are added. */
function withoutKnownZones(components: readonly PrintedComponent[], zones: Map<string, string>): string {
  let part = '';
  for (const {zone, text, meaning} of components) {
    if (zone !== undefined) {
      if (zones.has(zone)) continue;
      zones.set(zone, meaning);
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
  /** The same for zones that are the same: a name that everybody knows means one zone, in whatever words. */
  readonly meaning: string;
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
    if (boundary?.begin === false && --depth === 1) yield component(zone, `${lines.join('\r\n')}\r\n`);
  }
}

function component(zone: string | undefined, text: string): PrintedComponent {
  const isKnown = zone === undefined || zoneByName(zone) !== undefined;
  return {zone, text, meaning: isKnown ? '' : createHash('sha256').update(text).digest('base64')};
}
