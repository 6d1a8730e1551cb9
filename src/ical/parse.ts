import ICAL from 'ical.js';
import {contentLines} from './content-lines.ts';
import {IcalError} from './ical-error.ts';
import type {JcalComponent, JcalProperty} from './jcal.ts';
import {parseRecur} from './recur.ts';

/** An iCalendar object: one VCALENDAR. */
export interface Calendar {
  /** The VCALENDAR. Names are in lower case, as in jCal (RFC 7265). */
  readonly component: ICAL.Component;
}

// A DATE where DATE-TIME is the default, and the reverse, are then read as what they are.
ICAL.design.strict = false;
// Of rules, ical.js knows what RFC 5545 has, and no more; of parameters that hold lists, not those of RFC 7986 §6.
const {value, param} = ICAL.design.icalendar as unknown as Record<'value' | 'param', Record<string, object>>;
value.recur = {...value.recur, fromICAL: parseRecur};
for (const name of ['display', 'feature']) param[name] = {multiValue: ','};

const maxDepth = 16;
const maxParameters = 500;
const maxLines = 100_000;

/**
 * Parses one iCalendar object (RFC 5545 §3.4). Faults that real clients are known for are mended in what is answered, never in the
 * bytes: see `content-lines.ts` and `mend`. Throws IcalError.
 */
export function parseCalendar(source: Uint8Array | string): Calendar {
  let root: JcalComponent | undefined;
  const open: {component: JcalComponent; line: number}[] = [];
  let last = 1;
  let count = 0;
  for (const {line, text} of contentLines(source)) {
    last = line;
    if (++count > maxLines) throw new IcalError(line, `there are more than ${maxLines} lines`);
    const parent = open.at(-1);
    const boundary = boundaryOf(text);
    if (boundary === undefined) {
      if (!parent)
        throw new IcalError(line, root ? 'there is text after END:VCALENDAR' : 'this does not begin with BEGIN:VCALENDAR');
      parent.component[1].push(parseProperty(text, line));
    } else if (boundary.begin) {
      if (!parent && root) throw new IcalError(line, 'there is more than one VCALENDAR');
      if (!parent && boundary.name !== 'vcalendar') throw new IcalError(line, 'this does not begin with BEGIN:VCALENDAR');
      if (open.length >= maxDepth) throw new IcalError(line, `components are nested deeper than ${maxDepth}`);
      const component: JcalComponent = [boundary.name, [], []];
      if (parent) parent.component[2].push(component);
      else root = component;
      open.push({component, line});
    } else {
      if (parent?.component[0] !== boundary.name) {
        throw new IcalError(line, `END:${boundary.name.toUpperCase()} ends nothing that is open here`);
      }
      open.pop();
    }
  }
  const unended = open.at(-1);
  if (unended)
    throw new IcalError(last, `END:${unended.component[0].toUpperCase()} is missing (it began in line ${unended.line})`);
  if (!root) throw new IcalError(last, 'this does not begin with BEGIN:VCALENDAR');
  return {component: new ICAL.Component(root)};
}

/** Whether a content line opens or closes a component, and which; the name in lower case. */
export function boundaryOf(text: string): {begin: boolean; name: string} | undefined {
  const match = /^(BEGIN|END)[ \t]*:[ \t]*([\w.-]+)[ \t]*$/i.exec(text);
  return match ? {begin: match[1]!.toUpperCase() === 'BEGIN', name: match[2]!.toLowerCase()} : undefined;
}

/** Parses one content line that is a property. Throws IcalError. */
export function parseProperty(text: string, line: number): JcalProperty {
  if (!/^[\w.-]+[ \t]*[;:]/.test(text)) throw new IcalError(line, 'this line is neither a property nor the fold of one');
  const colon = requireParameters(text, line);
  let property: JcalProperty;
  try {
    property = ICAL.parse.property(text);
  } catch (error) {
    throw new IcalError(line, `this property cannot be read: ${shorten((error as Error).message)}`);
  }
  return asWritten(mend(splitTexts(property, text, colon)), text, colon);
}

/** One pass over what stands before the value, so that its cost is known before it is taken apart. Answers where its colon is. */
function requireParameters(text: string, line: number): number {
  let quoted = false;
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 0x22) quoted = !quoted;
    else if (quoted) continue;
    else if (character === 0x3a) return at;
    else if (character === 0x3b && ++count > maxParameters) {
      throw new IcalError(line, `a property has more than ${maxParameters} parameters`);
    }
  }
  throw new IcalError(line, quoted ? 'a quoted parameter value does not end' : 'this property has no value');
}

/** What parts the texts of a property that holds more than one, and whether they are one value. */
const separators: Readonly<Record<string, {readonly by: ',' | ';'; readonly structured?: true}>> = {
  categories: {by: ','},
  resources: {by: ','},
  'request-status': {by: ';', structured: true},
};

/** ical.js takes a separator for escaped that stands after an escaped backslash. */
function splitTexts(property: JcalProperty, text: string, colon: number): JcalProperty {
  const [name, parameters, type] = property;
  const separator = Object.hasOwn(separators, name) ? separators[name] : undefined;
  if (!separator || type !== 'text' || !text.includes(`\\\\${separator.by}`, colon)) return property;
  const values = splitUnescaped(text.slice(colon + 1), separator.by).map(part => ICAL.design.icalendar.value.text.fromICAL(part));
  return separator.structured ? [name, parameters, type, values] : [name, parameters, type, ...values];
}

function splitUnescaped(value: string, separator: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < value.length; at++) {
    if (value[at] === '\\') at++;
    else if (value[at] === separator) {
      parts.push(value.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, value.slice(from)];
}

/** Known faults: space around a TZID (Microsoft), DATE values said to be DATE-TIME and the reverse (Evolution, Radicale's users). */
function mend(property: JcalProperty): JcalProperty {
  const [name, parameters] = property;
  property[2] ??= 'unknown';
  if (typeof parameters.tzid === 'string') parameters.tzid = parameters.tzid.trim();
  if (name === 'tzid' && typeof property[3] === 'string') property[3] = property[3].trim();
  if (property[2] === 'date' || property[2] === 'date-time') {
    const values = property.slice(3);
    if (values.length > 0 && values.every(value => typeof value === 'string' && value.length === 10)) property[2] = 'date';
    else if (values.some(value => typeof value === 'string' && value.length >= 19)) property[2] = 'date-time';
  }
  return property;
}

/** What jCal writes for a date is none here (`2026-12-01`), and must not come to be taken for one. */
const isJcalDate = /^\d{4}-/;

/** A date that is none (`CREATED: 51222T205954Z`): ical.js would have put hyphens and colons into it. */
function asWritten(property: JcalProperty, text: string, colon: number): JcalProperty {
  const [name, parameters, type, value, ...others] = property;
  const isDate = type === 'date' || type === 'date-time';
  if (!isDate || others.length > 0 || typeof value !== 'string' || [10, 19, 20].includes(value.length)) return property;
  const written = text.slice(colon + 1);
  return isJcalDate.test(written) ? property : [name, parameters, 'unknown', written];
}

function shorten(message: string): string {
  return message.length > 200 ? `${message.slice(0, 200)}…` : message;
}
