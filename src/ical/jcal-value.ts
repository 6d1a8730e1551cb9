import {parseDuration} from './duration.ts';
import {JcalError} from './jcal-error.ts';
import {type FindZone, parseTime} from './time.ts';

/** Whether a value is of a type (RFC 7265 §3.6). Those not here are extensions': they stay as they are written. */
const types = new Map<string, (value: unknown) => boolean>([
  ['binary', value => isText(value) && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value)],
  ['boolean', value => typeof value === 'boolean'],
  ['date', isDate],
  ['date-time', isDateTime],
  ['duration', value => parseDuration(value) !== undefined],
  ['float', value => typeof value === 'number' && !/e/i.test(String(value))],
  ['integer', isInteger],
  ['period', isPeriod],
  ['recur', isRecur],
  ['time', value => isText(value) && /^\d\d:\d\d:\d\dZ?$/.test(value)],
  ['utc-offset', value => isText(value) && /^[+-]\d\d:\d\d(:\d\d)?$/.test(value)],
]);

/** A value of a property as ical.js holds it. Throws JcalError; `of` says of what. */
export function parseJcalValue(value: unknown, name: string, type: string, of: string): unknown {
  const fits = types.get(type);
  // §3.4.1: values in parts.
  if (name === 'geo' && type === 'float') {
    if (Array.isArray(value) && value.length === 2 && value.every(part => fits!(part))) return value;
    throw new JcalError(`${of} is no pair of numbers`);
  }
  if (name === 'request-status' && type === 'text' && Array.isArray(value)) {
    if (value.length < 2 || value.length > 3) throw new JcalError(`${of} has neither two parts nor three`);
    return value.map(part => requireText(part, of));
  }
  if (type === 'period' && typeof value === 'string') return parseJcalValue(value.split('/'), name, type, of); // as Appendix B.2 has it
  if (fits) {
    if (!fits(value)) throw new JcalError(`${of} holds ${shown(value)}, which is no ${type}`);
    return value;
  }
  const text = requireText(typeof value === 'boolean' || typeof value === 'number' ? String(value) : value, of);
  // Of other types nothing is escaped in iCalendar: a line would end where the text does not.
  if (type !== 'text' && text.includes('\n')) throw new JcalError(`${of} holds more than one line`);
  return text;
}

/** Whether a value is of its type. */
export function isJcalValue(value: unknown, name: string, type: string): boolean {
  try {
    parseJcalValue(value, name, type, name);
    return true;
  } catch (error) {
    if (error instanceof JcalError) return false;
    throw error;
  }
}

/** A text that iCalendar can say (RFC 5545 §3.1): no control characters but the tab and the end of a line. Throws JcalError. */
export function requireText(value: unknown, of: string): string {
  if (typeof value !== 'string') throw new JcalError(`${of} holds ${shown(value)}, which is no text`);
  const text = value.replaceAll('\r\n', '\n');
  if (!text.isWellFormed() || /[\u0000-\u0008\u000b-\u001f\u007f]/.test(text)) {
    throw new JcalError(`${of} holds a character that iCalendar has not`);
  }
  return text;
}

function shown(value: unknown): string {
  const printed = typeof value === 'object' ? (value === null ? 'null' : 'an array or object') : JSON.stringify(value);
  return printed.length > 100 ? `${printed.slice(0, 100)}…` : printed;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const noZone: FindZone = () => undefined;

function isDate(value: unknown): boolean {
  return parseTime(value, undefined, noZone)?.date === true;
}

function isDateTime(value: unknown): boolean {
  return parseTime(value, undefined, noZone)?.date === false;
}

/** RFC 5545 §3.3.8. */
function isInteger(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(value as number) <= 2_147_483_647;
}

function isPeriod(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && isDateTime(value[0]) && (isDateTime(value[1]) || isDuration(value[1]));
}

const isDuration = types.get('duration')!;

const count = (value: unknown) => isInteger(value) && value >= 0;
const number = (value: unknown) => isInteger(value);
const word = (value: unknown) => isText(value) && /^[A-Za-z0-9-]+$/.test(value);
const weekday = (value: unknown) => isText(value) && /^[+-]?\d{0,2}(SU|MO|TU|WE|TH|FR|SA)$/.test(value);

/** The parts of a rule: what one of its values is, and whether there can be a list of them. */
const parts = new Map<string, {readonly is: (value: unknown) => boolean; readonly list?: true}>([
  ['freq', {is: word}],
  ['wkst', {is: weekday}],
  ['until', {is: value => isDate(value) || isDateTime(value)}],
  ['count', {is: count}],
  ['interval', {is: count}],
  ['rscale', {is: word}], // RFC 7529 §9
  ['skip', {is: word}],
  ['byday', {is: weekday, list: true}],
  ['bymonth', {is: value => isInteger(value) || (isText(value) && /^\d{1,2}L$/.test(value)), list: true}],
  ...['bysecond', 'byminute', 'byhour', 'bymonthday', 'byyearday', 'byweekno', 'bysetpos'].map(
    name => [name, {is: number, list: true}] as const,
  ),
]);

/** §3.6.10. What its numbers may be is looked at where any calendar is validated. */
function isRecur(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return (
    Object.hasOwn(value, 'freq') &&
    Object.entries(value).every(([name, of]) => {
      const part = parts.get(name);
      if (!part) return false;
      if (!Array.isArray(of)) return part.is(of);
      return part.list && of.length > 0 && of.length <= 1000 && of.every(each => part.is(each));
    })
  );
}
