import {isUtf8} from 'node:buffer';
import ICAL from 'ical.js';
import {IcalError} from './ical-error.ts';
import {type JcalComponent, type JcalProperty, jcalOf} from './jcal.ts';
import {boundaryOf, type Calendar, parseCalendar, parseProperty} from './parse.ts';

/**
 * What decides about a calendar object, read in one pass: the calendar that `parseCalendar` answers, less what `isUnread` names. That is
 * a third of its time, and each PUT pays it. Undefined: the text is not of the common shape (one VCALENDAR of VTIMEZONEs, VEVENTs and
 * VTODOs, in capitals, that nothing is wrong with), and `parseCalendar` is to say what it is.
 */
export function skimCalendar(bytes: Uint8Array): Calendar | undefined {
  if (bytes.length > maxBytes || !isUtf8(bytes)) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  if (uncommon.test(text)) return undefined;
  const root: JcalComponent = ['vcalendar', [], []];
  try {
    return readInto(root, text) ? {component: new ICAL.Component(root)} : undefined;
  } catch (error) {
    if (error instanceof IcalError) return undefined;
    throw error;
  }
}

/** Lines are counted by nobody here, and of so few bytes there are never too many. */
const maxBytes = 65_536;

/** What `contentLines` takes out or is lenient with. */
const uncommon = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\r(?!\n)/;

const texts = [
  'CLASS',
  'STATUS',
  'TRANSP',
  'SUMMARY',
  'LOCATION',
  'DESCRIPTION',
  'COMMENT',
  'CATEGORIES',
  'PRIORITY',
  'SEQUENCE',
];

/** By component: properties that neither `admit` nor `indexObject` looks at, and that can be read whatever their value is. */
const unread: Readonly<Record<string, ReadonlySet<string>>> = {
  vcalendar: new Set(['PRODID', 'CALSCALE']),
  vevent: new Set([...texts, 'DTSTAMP', 'LAST-MODIFIED', 'CREATED']),
  vtodo: new Set([...texts, 'DTSTAMP', 'LAST-MODIFIED', 'PERCENT-COMPLETE']), // CREATED says when a VTODO without dates is
  valarm: new Set(['ACTION', 'TRIGGER', 'DESCRIPTION', 'SUMMARY', 'UID']),
};

/** Whether a property without parameters is passed over; names in capitals, that of the component in lower case as in jCal. */
export function isUnread(name: string, component: string): boolean {
  if (name.charCodeAt(0) === 0x58 && name.charCodeAt(1) === 0x2d) return !name.startsWith('X-CALENDARSERVER-');
  return unread[component]?.has(name) ?? false;
}

/** Which components may lie in which. */
const inside: Readonly<Record<string, readonly string[]>> = {
  vcalendar: ['VEVENT', 'VTODO'],
  vevent: ['VALARM'],
  vtodo: ['VALARM'],
  valarm: [],
};

/** Answers whether all of the text was understood. */
function readInto(root: JcalComponent, text: string): boolean {
  if (!/^BEGIN:VCALENDAR\r?\n/.test(text)) return false;
  const open = [root];
  for (let at = text.indexOf('\n') + 1; at < text.length; ) {
    const component = open.at(-1);
    // A blank line is none, and what folds after it goes on from the line before.
    if (!component || isBlank(text, at)) return false;
    let next = endOfLine(text, at);
    const end = next;
    while (text.charCodeAt(next) === 0x20 || text.charCodeAt(next) === 0x09) next = endOfLine(text, next);
    const nameEnd = endOfName(text, at);
    const name = text.slice(at, nameEnd);
    const isBare = text.charCodeAt(nameEnd) === 0x3a;
    if (name === 'BEGIN' || name === 'END') {
      if (!isBare || next !== end) return false;
      const value = withoutEnd(text.slice(nameEnd + 1, end));
      if (value === 'VTIMEZONE' && name === 'BEGIN' && component === root) {
        next = endOfTimezone(text, at);
        const timezone = next < 0 ? undefined : timezoneOf(text.slice(at, next));
        if (!timezone) return false;
        root[2].push(timezone);
      } else if (name === 'BEGIN') {
        if (!inside[component[0]]!.includes(value)) return false;
        const begun: JcalComponent = [value.toLowerCase(), [], []];
        component[2].push(begun);
        open.push(begun);
      } else if (value === component[0].toUpperCase()) open.pop();
      else return false;
    } else if (!isBare || !isUnread(name, component[0])) {
      const line = withoutEnd(text.slice(at, next));
      const property = readProperty(next === end ? line : line.replace(/\r?\n[ \t]/g, ''));
      if (!property) return false;
      component[1].push(property);
    }
    at = next;
  }
  return open.length === 0;
}

function endOfLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline + 1;
}

function isBlank(text: string, at: number): boolean {
  return text.charCodeAt(at) === 0x0a || text.charCodeAt(at) === 0x0d;
}

function endOfName(text: string, at: number): number {
  for (let end = at; ; end++) {
    const character = text.charCodeAt(end);
    if (!((character >= 0x41 && character <= 0x5a) || character === 0x2d)) return end;
  }
}

/** A line less the CRLF or LF that ends it; white space is part of it. */
function withoutEnd(line: string): string {
  if (line.charCodeAt(line.length - 1) !== 0x0a) return line;
  return line.slice(0, line.charCodeAt(line.length - 2) === 0x0d ? -2 : -1);
}

/** What has one form nearly always needs no parser; what `parseCalendar` would make of it is the same. */
const dateTime = /^(DTSTART|DTEND|DUE|EXDATE|RECURRENCE-ID)(?:;TZID=([\w/-]+))?:(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(Z?)$/;

function readProperty(line: string): JcalProperty | undefined {
  if (line === 'VERSION:2.0') return ['version', {}, 'text', '2.0'];
  if (line.startsWith('UID:') && !line.includes('\\')) return ['uid', {}, 'text', line.slice(4)];
  const found = dateTime.exec(line);
  if (!found) return boundaryOf(line) ? undefined : parseProperty(line, 0);
  const [, name, tzid, year, month, day, hour, minute, second, z] = found;
  const value = `${year}-${month}-${day}T${hour}:${minute}:${second}${z}`;
  return [name!.toLowerCase(), tzid === undefined ? {} : {tzid}, 'date-time', value];
}

/** Where the VTIMEZONE that begins here is over; -1: nowhere that is seen at once. */
function endOfTimezone(text: string, at: number): number {
  const last = text.indexOf('\nEND:VTIMEZONE', at);
  const end = last < 0 ? -1 : endOfLine(text, last + 1);
  return end < 0 || /[^\r\n]/.test(text.slice(last + 14, end)) || /[ \t]/.test(text[end] ?? '') ? -1 : end;
}

/** Parsed once, by their text: clients send the same few with every event. */
const timezones = new Map<string, JcalComponent>();
const maxTimezones = 200;

/** The VTIMEZONE that this text is, and nothing besides; undefined: it is not. What is answered is shared. Throws IcalError. */
function timezoneOf(text: string): JcalComponent | undefined {
  const known = timezones.get(text);
  if (known) return known;
  const [, properties, components] = jcalOf(parseCalendar(`BEGIN:VCALENDAR\r\n${withoutEnd(text)}\r\nEND:VCALENDAR`));
  const [timezone, ...others] = components;
  if (timezone?.[0] !== 'vtimezone' || others.length > 0 || properties.length > 0) return undefined;
  if (timezones.size >= maxTimezones) timezones.clear();
  // A copy: a part of a string keeps all of it in memory.
  timezones.set(Buffer.from(text).toString(), timezone);
  return timezone;
}
