import {breathe} from '../base/breathe.ts';
import {contentLines} from './content-lines.ts';
import {IcalError} from './ical-error.ts';
import {boundaryOf, parseCalendar, parseProperty} from './parse.ts';
import {dataFault} from './validate.ts';

/** A calendar object cut out of a larger calendar: everything of one UID. */
export interface SplitObject {
  readonly uid: string;
  /** `VEVENT`. */
  readonly component: string;
  /** The line its first component began on. */
  readonly line: number;
  /** An iCalendar object of its own, its time zones included; lines as they were, ended by CRLF. */
  readonly text: string;
}

/** A component that is not taken, and why: a sentence without its full stop. */
export interface Refused {
  readonly line: number;
  readonly uid: string | undefined;
  readonly message: string;
  /** It would be longer than an object may be. */
  readonly isTooLong?: boolean;
}

/** What a calendar may come to: one time zone in it can be needed by all of its objects, each of which has it then. */
export interface SplitLimits {
  readonly mostObjects?: number;
  /** In characters. */
  readonly longestObject?: number;
  readonly longestTogether?: number;
}

/** A component directly within a VCALENDAR, as its lines. */
interface Part {
  readonly name: string;
  readonly line: number;
  readonly lines: string[];
  /** Of all its lines. */
  length: number;
  readonly zones: Set<string>;
  uid: string | undefined;
  tzid: string | undefined;
  fault: IcalError | undefined;
}

/** One VCALENDAR of the stream: its own properties and time zones, which its components may need. */
interface Frame {
  readonly properties: string[];
  /** Of all of them. */
  length: number;
  readonly zones: Map<string, Part>;
}

/** What a calendar says for those who show it as a whole, or send it: no part of an object (RFC 4791 §4.1). */
const ofTheWhole =
  /^(METHOD|X-WR-|X-APPLE-CALENDAR-COLOR|NAME|COLOR|DESCRIPTION|URL|UID|SOURCE|REFRESH-INTERVAL|X-PUBLISHED-TTL|LAST-MODIFIED)/i;

/** What a calendar comes to when it is taken apart. */
export interface Split {
  readonly objects: SplitObject[];
  readonly refused: Refused[];
}

/** There are more objects than may be, those that are refused among them, or they are too long together. */
export class TooManyObjects extends Error {}

/**
 * Splits a stream of iCalendar objects (RFC 5545 §3.4) into calendar objects as RFC 4791 §4.1 wants them, by UID, each with the time
 * zones it names. What cannot be taken is reported by line and the rest goes on. Throws IcalError where nothing can be made of the text.
 */
export function splitCalendar(source: Uint8Array | string): Split {
  const steps = splitting(source);
  for (;;) {
    const {done, value} = steps.next();
    if (done) return value;
  }
}

/** The same for where others wait: they have their turns in between, and none takes more than its limits. Throws TooManyObjects. */
export async function splitCalendarInTurns(source: Uint8Array | string, limits: SplitLimits): Promise<Split> {
  const steps = splitting(source, limits);
  for (;;) {
    const {done, value} = steps.next();
    if (done) return value;
    await breathe();
  }
}

function* splitting(
  source: Uint8Array | string,
  {mostObjects = Infinity, longestObject = Infinity, longestTogether = Infinity}: SplitLimits = {},
): Generator<undefined, Split, undefined> {
  const refused: Refused[] = [];
  const groups = new Map<string, Group>();
  for (const {frame, part} of partsOf(source)) {
    yield;
    if (part.name === 'vtimezone') {
      if (part.tzid !== undefined && !part.fault) frame.zones.set(part.tzid, part);
      continue;
    }
    if (part.fault) refused.push({line: part.fault.line, uid: part.uid, message: part.fault.message});
    else if (!part.uid) refused.push({line: part.line, uid: undefined, message: `this ${part.name.toUpperCase()} has no UID`});
    else {
      const key = `${part.name} ${part.uid}`;
      const group = groups.get(key);
      if (group) group.parts.push(part);
      else groups.set(key, {frame, parts: [part]});
    }
    if (groups.size + refused.length > mostObjects) throw new TooManyObjects();
  }
  const lengths = [...groups.values()].map(lengthOf).filter(length => length <= longestObject);
  if (lengths.reduce((sum, each) => sum + each, 0) > longestTogether) throw new TooManyObjects();
  const objects: SplitObject[] = [];
  for (const group of groups.values()) {
    yield;
    const [{uid, name, line}] = group.parts as [Part];
    if (lengthOf(group) > longestObject) {
      refused.push({line, uid, message: 'with the time zones that it names it is too long', isTooLong: true});
      continue;
    }
    const text = assemble(group);
    const fault = faultOf(text);
    if (fault === undefined) objects.push({uid: uid!, component: name.toUpperCase(), line, text});
    else refused.push({line, uid, message: fault});
  }
  return {objects, refused: refused.sort((a, b) => a.line - b.line)};
}

function faultOf(text: string): string | undefined {
  try {
    return dataFault(parseCalendar(text));
  } catch (error) {
    if (error instanceof IcalError) return error.message;
    throw error;
  }
}

/** All of one UID. */
interface Group {
  readonly frame: Frame;
  readonly parts: Part[];
}

function lengthOf(group: Group): number {
  return [group.frame, ...zonesOf(group), ...group.parts].reduce((sum, {length}) => sum + length, 0);
}

function zonesOf({frame, parts}: Group): Part[] {
  return [...new Set(parts.flatMap(part => [...part.zones]))].flatMap(tzid => frame.zones.get(tzid) ?? []);
}

function assemble(group: Group): string {
  const lines = [...zonesOf(group), ...group.parts].flatMap(part => part.lines);
  return ['BEGIN:VCALENDAR', ...group.frame.properties, ...lines, 'END:VCALENDAR', ''].join('\r\n');
}

/** The parts of all VCALENDARs; a part whose lines cannot be read, or do not end, has a fault. */
function* partsOf(source: Uint8Array | string): Generator<{frame: Frame; part: Part}> {
  let frame: Frame | undefined;
  let part: Part | undefined;
  let open: string[] = [];
  let seen = false;
  for (const {line, text, folded} of contentLines(source)) {
    const boundary = boundaryOf(text);
    if (!frame) {
      if (!(boundary?.begin && boundary.name === 'vcalendar')) {
        if (seen) continue;
        throw new IcalError(line, 'this does not begin with BEGIN:VCALENDAR');
      }
      frame = {properties: [], length: 0, zones: new Map()};
      seen = true;
    } else if (!part) {
      if (boundary?.begin) {
        part = {
          name: boundary.name,
          line,
          lines: [folded.join('\r\n ')],
          length: text.length,
          zones: new Set(),
          uid: undefined,
          tzid: undefined,
          fault: undefined,
        };
        open = [boundary.name];
      } else if (boundary) frame = undefined;
      else if (!ofTheWhole.test(text)) {
        frame.properties.push(folded.join('\r\n '));
        frame.length += text.length + 2;
      }
    } else {
      part.lines.push(folded.join('\r\n '));
      part.length += text.length + 2;
      if (boundary?.begin) open.push(boundary.name);
      else if (boundary) close(part, open, boundary.name, line);
      else read(part, text, line, open.length);
      if (open.length > 0) continue;
      yield {frame, part};
      part = undefined;
    }
  }
  if (!seen) throw new IcalError(1, 'this does not begin with BEGIN:VCALENDAR');
  if (frame && part) {
    part.fault ??= new IcalError(part.line, `this ${part.name.toUpperCase()} does not end`);
    yield {frame, part};
  }
}

/** An END; one that does not fit its BEGIN is a fault, and closes whatever it can. */
function close(part: Part, open: string[], name: string, line: number): void {
  if (open.at(-1) === name) {
    open.pop();
    return;
  }
  part.fault ??= new IcalError(line, `END:${name.toUpperCase()} ends nothing that is open here`);
  const at = open.lastIndexOf(name);
  if (at >= 0) open.length = at;
}

function read(part: Part, text: string, line: number, depth: number): void {
  try {
    const [name, parameters, , value] = parseProperty(text, line);
    if (typeof parameters.tzid === 'string') part.zones.add(parameters.tzid);
    if (depth === 1 && name === 'uid') part.uid ??= String(value);
    if (depth === 1 && name === 'tzid') part.tzid ??= String(value);
  } catch (error) {
    if (!(error instanceof IcalError)) throw error;
    part.fault ??= error;
  }
}
