import {isIP} from 'node:net';
import {resolve} from 'node:path';
import type {ConfigKey, KeyType, PlistValue} from './key.ts';

/** What a key of this type must be, to follow "must be"; and how it is written, to follow "Write". */
const forms: Readonly<Record<KeyType, readonly [must: string, written: string]>> = {
  boolean: ['true or false', '<true/> or <false/>'],
  integer: ['a whole number, 0 or more', '<integer>100</integer>'],
  port: ['a port number from 0 to 65535', '<integer>8443</integer>'],
  mode: ['octal digits', '<string>0027</string>'],
  string: ['text', '<string>…</string>'],
  path: ['the path of a file or folder', '<string>…</string>'],
  timezone: ['the name of a time zone', '<string>Europe/Berlin</string>'],
  'date-time': ['a date and time in UTC', '<string>20260131T100000Z</string>'],
  strings: ['a list of texts', '<array><string>…</string></array>'],
  ports: ['a list of port numbers', '<array><integer>8443</integer></array>'],
  patterns: ['a list of regular expressions', '<array><string>…</string></array>'],
  addresses: ['a list of IP addresses', '<array><string>127.0.0.1</string></array>'],
  networks: ['a list of IP addresses or blocks', '<array><string>10.0.0.0/8</string></array>'],
  dict: ['a dictionary', '<dict>…</dict>'],
};

/** Whether a value fits its key: what is wrong with it and how it is mended, or undefined where nothing is. `written` is its element. */
export function checkValue(row: ConfigKey, value: PlistValue, written: string): {message: string; fix: string} | undefined {
  const [must, form] = forms[row.type];
  if (!fits(row.type, value, written)) {
    return {message: `${row.key} must be ${must}, and is ${describe(value)}`, fix: `Write ${form}`};
  }
  const chosen = Array.isArray(value) ? value : [value];
  const wrong = row.choices && chosen.find(one => one !== '' && !choice(row, one as string));
  if (wrong === undefined) return undefined;
  return {
    message: `${row.key} must be ${row.choices!.join(' or ')}, and is ${describe(wrong)}`,
    fix: `Write one of ${row.choices!.join(', ')}`,
  };
}

/** A value that fits, as Config has it; relative paths against `folder`. */
export function convertValue(row: ConfigKey, value: PlistValue, folder: string): unknown {
  switch (row.type) {
    case 'path':
      return value === '' ? '' : resolve(folder, value as string);
    case 'mode':
      return Number.parseInt(String(value), 8);
    case 'patterns':
      return (value as string[]).map(pattern => new RegExp(pattern));
    case 'timezone':
      return value === '' ? new Intl.DateTimeFormat().resolvedOptions().timeZone : value;
    case 'string':
      return row.choices ? (choice(row, value as string) ?? row.default) : value;
    case 'strings':
      return row.choices ? (value as string[]).map(one => choice(row, one)!) : value;
    default:
      return value;
  }
}

function fits(type: KeyType, value: PlistValue, written: string): boolean {
  const texts = Array.isArray(value) && value.every(one => typeof one === 'string') ? (value as string[]) : undefined;
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isSafeInteger(value) && (value as number) >= 0;
    case 'port':
      return isPort(value);
    case 'mode': // an <integer> is decimal by its nature, so one is believed only where its zero says that octal is meant
      return typeof value === 'string' ? /^[0-7]{1,4}$/.test(value) : /^<integer>\s*0[0-7]{1,3}\s*</.test(written);
    case 'string':
    case 'path':
      return typeof value === 'string' && !value.includes('\0');
    case 'timezone':
      return typeof value === 'string' && (value === '' || isTimeZone(value));
    case 'date-time':
      return typeof value === 'string' && (value === '' || isDateTime(value));
    case 'strings':
      return texts !== undefined;
    case 'ports':
      return Array.isArray(value) && value.every(isPort);
    case 'patterns':
      return texts?.every(isPattern) ?? false;
    case 'addresses':
      return texts?.every(text => isIP(text) !== 0) ?? false;
    case 'networks':
      return texts?.every(isNetwork) ?? false;
    case 'dict':
      return describe(value) === 'a dictionary';
  }
}

function choice({choices}: ConfigKey, value: string): string | undefined {
  return choices!.find(one => one.toLowerCase() === String(value).toLowerCase());
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', {timeZone: name}) !== undefined;
  } catch {
    return false;
  }
}

function isDateTime(text: string): boolean {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return false;
  const [, year, month, day, hour, minute, second] = match;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  return !Number.isNaN(Date.parse(iso)) && new Date(iso).toISOString() === iso;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) !== undefined;
  } catch {
    return false;
  }
}

function isNetwork(text: string): boolean {
  const [address = '', bits, more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

function describe(value: PlistValue): string {
  if (typeof value === 'string') return `the text “${value}”`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `the list (${value.map(describe).join(', ')})`;
  if (value instanceof Date) return 'a date';
  if (value instanceof Uint8Array) return 'data';
  return value === null ? 'nothing' : 'a dictionary';
}
