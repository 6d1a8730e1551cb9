import ICAL from 'ical.js';
import {type JcalComponent, type JcalProperty, jcalOf} from './jcal.ts';
import type {Calendar} from './parse.ts';

/** Prints an iCalendar object (RFC 5545 §3.4): lines folded at 74 octets, each ended by CRLF. */
export function printCalendar(calendar: Calendar): string {
  const lines: string[] = [];
  addLines(jcalOf(calendar), lines);
  return `${lines.join('\r\n')}\r\n`;
}

function addLines([name, properties, components]: JcalComponent, lines: string[]): void {
  lines.push(`BEGIN:${name.toUpperCase()}`);
  for (const property of properties) lines.push(fold(printProperty(property)));
  for (const component of components) addLines(component, lines);
  lines.push(`END:${name.toUpperCase()}`);
}

/** A content line, unfolded. Parameters are not left to ical.js: of those it does not know it can print no lists. */
function printProperty([name, parameters, type, ...values]: JcalProperty): string {
  let line = name.toUpperCase();
  for (const [key, value] of Object.entries(parameters)) line += `;${key.toUpperCase()}=${printParameter(key, value)}`;
  // Of a thousand attendees each is a line of its own.
  if (type === 'cal-address' && callers.has(name) && values.length === 1) return `${line}:${values[0]}`;
  if (type === 'unknown' && values.length > 0) return `${line}:${values.join(',')}`; // RFC 7265 §5: as it is written, and of no VALUE
  const [first, ...others] = values.length > 0 ? values.map(value => bare([name, {}, type, value])) : [bare([name, {}, type])];
  return [line + first!.slice(name.length), ...others.map(valueIn)].join(',');
}

/** Whose value is a calendar address where no VALUE says what it is. */
const callers = new Set(['attendee', 'organizer']);

/** A content line without parameters save VALUE. */
function bare(property: JcalProperty): string {
  return ICAL.stringify.property(property, ICAL.design.icalendar, true);
}

function valueIn(line: string): string {
  return line.slice(line.indexOf(':') + 1);
}

/** RFC 5545 §3.2: lists of these hold each of their values in quotes. */
const quoted = new Set(['delegated-from', 'delegated-to', 'member']);

function printParameter(name: string, value: string | string[]): string {
  const values = Array.isArray(value) ? value : [value];
  return values
    .map(each => each.replace(/[\n^"]/g, character => escapes[character]!))
    .map(each => (quoted.has(name) || /[,:;]/.test(each) ? `"${each}"` : each))
    .join(',');
}

/** RFC 6868 §3. */
const escapes: Readonly<Record<string, string>> = {'\n': '^n', '^': '^^', '"': "^'"};

/**
 * RFC 5545 §3.1 has 75 octets at most. They are 74, of which a further line's space is one, as CalendarServer has it and some programs
 * compare; no character is parted.
 */
function fold(line: string): string {
  if (line.length <= 25) return line;
  return ascii.test(line) ? foldAscii(line) : foldWide(line);
}

const mostOctets = 74;
const ascii = /^[\x00-\x7f]*$/;

function foldAscii(line: string): string {
  let folded = line.slice(0, mostOctets);
  for (let at = mostOctets; at < line.length; at += mostOctets - 1) folded += `\r\n ${line.slice(at, at + mostOctets - 1)}`;
  return folded;
}

function foldWide(line: string): string {
  let folded = '';
  let octets = 0;
  let from = 0;
  for (let at = 0; at < line.length; ) {
    const code = line.codePointAt(at)!;
    octets += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (octets > mostOctets) {
      folded += `${line.slice(from, at)}\r\n `;
      from = at;
      octets = 1;
    } else at += code < 0x10000 ? 1 : 2;
  }
  return folded + line.slice(from);
}

/** Prints any component, such as a VTIMEZONE, in the same way. */
export function printComponent(component: JcalComponent): string {
  return `${new ICAL.Component(component).toString()}\r\n`;
}

/** The value of a property as iCalendar writes it, unfolded. */
export function printValue([name, , type, ...values]: JcalProperty): string {
  return valueIn(printProperty([name, {}, type, ...values]));
}
