import {isDeepStrictEqual} from 'node:util';
import {replaceFile} from '../base/replace-file.ts';
import {UserError} from '../base/user-error.ts';
import type {ConfigKey, PlistValue} from './key.ts';
import {findKey} from './keys.ts';
import {ended, inspectConfig, readConfig, unknownKey} from './load.ts';
import {PlistError, type PlistSource, parsePlist} from './plist-source.ts';
import {printKey, printValue} from './print.ts';
import {checkValue} from './value.ts';

/**
 * Sets a key of the plist, keeping its comments, order and layout, and the file's mode and owner. `value` is as a person types it.
 * Resolves to whether anything changed. Throws UserError for an unknown key, a value that does not fit, and a file that is not right
 * otherwise: it is checked before it is written.
 */
export async function setConfigValue(file: string, key: string, value: string): Promise<boolean> {
  const row = findKey(key);
  if (!row) {
    const {message, fix} = unknownKey(key);
    throw new UserError(`${message}.`, ended(fix));
  }
  const text = readConfig(file);
  const changed = editConfig(text, file, key, readTyped(row, value));
  if (changed === text) return false;
  const [problem] = inspectConfig({file, folder: '/', text: changed}).problems;
  if (problem) throw new UserError(`${file}, line ${problem.line}: ${problem.message}; nothing was changed.`, ended(problem.fix));
  await replaceFile(file, changed);
  return true;
}

/** The text with one key set to a value, everything else as it was. Throws UserError where the text is no property list. */
export function editConfig(text: string, file: string, key: string, value: PlistValue): string {
  let source: PlistSource;
  try {
    source = parsePlist(text);
  } catch (error) {
    if (!(error instanceof PlistError)) throw error;
    throw new UserError(
      `${file}, line ${error.line}: ${error.message}; nothing was changed.`,
      'Mend that line in a text editor.',
    );
  }
  const there = source.entries.find(entry => entry.key === key);
  const style = styleOf(source);
  let changed: string;
  if (there) {
    if (isDeepStrictEqual(valueAt(source.value, key), value)) return text;
    const printed = printValue(value, {...style, indent: indentOf(text, there.keyStart)});
    changed = text.slice(0, there.start) + printed + text.slice(there.end);
  } else changed = insert(source, key, value, style);
  const expected = withValue(source.value, key.split('.'), value);
  if (!isDeepStrictEqual(parsePlist(changed).value, expected))
    throw new Error(`setting ${key} in ${file} would change more than that`);
  return changed;
}

/** What a person types for a key, as its type wants it: lists separated by commas or as JSON, on and off as booleans. */
function readTyped(row: ConfigKey, typed: string): PlistValue {
  const value = typedValue(row, typed.trim());
  const wrong = checkValue(row, value, '');
  if (!wrong) return value;
  throw new UserError(`${wrong.message}.`, `Type a value such as: caldav config set ${row.key} ${example(row)}`);
}

function typedValue({key, type}: ConfigKey, typed: string): PlistValue {
  switch (type) {
    case 'boolean':
      if (/^(true|yes|on|1)$/i.test(typed)) return true;
      return /^(false|no|off|0)$/i.test(typed) ? false : typed;
    case 'integer':
    case 'port':
      return /^\d{1,15}$/.test(typed) ? Number(typed) : typed;
    case 'strings':
    case 'addresses':
    case 'networks':
    case 'patterns':
    case 'ports': {
      const list = typed.startsWith('[') ? fromJson(typed) : type === 'patterns' && typed ? [typed] : split(typed);
      return type === 'ports' && Array.isArray(list) ? list.map(one => (/^\d+$/.test(one) ? Number(one) : one)) : list;
    }
    case 'dict':
      throw new UserError(`${key} is a dictionary, which cannot be typed in one line.`, 'Edit the file itself.');
    default:
      return typed;
  }
}

function fromJson(typed: string): PlistValue {
  try {
    return JSON.parse(typed);
  } catch {
    return typed;
  }
}

function split(typed: string): string[] {
  return typed
    .split(',')
    .map(one => one.trim())
    .filter(one => one !== '');
}

function example({type, choices, default: standard}: ConfigKey): string {
  if (choices) return choices[0]!;
  if (type === 'addresses') return '127.0.0.1,::1';
  if (type === 'networks') return '10.0.0.0/8';
  if (type === 'ports') return '8443,443';
  if (type === 'timezone') return 'Europe/Berlin';
  if (type === 'date-time') return '20260131T100000Z';
  return Array.isArray(standard) ? 'one,two' : String(standard) || '…';
}

interface Style {
  readonly step: string;
  readonly end: string;
}

/** How the text indents and ends its lines. */
function styleOf({text, entries, root}: PlistSource): Style {
  const nested = entries.find(entry => /^\s*$/.test(lineBefore(text, entry.keyStart)));
  const outer = indentOf(text, root.start);
  const step = nested && !nested.key.includes('.') ? lineBefore(text, nested.keyStart).slice(outer.length) : '';
  return {step: step || '  ', end: text.includes('\r\n') ? '\r\n' : '\n'};
}

function lineBefore(text: string, at: number): string {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
}

function indentOf(text: string, at: number): string {
  return /^[ \t]*/.exec(lineBefore(text, at))![0];
}

/** Adds a key at the end of the innermost dictionary that is there, with those that are missing around it. */
function insert({text, entries, root}: PlistSource, key: string, value: PlistValue, style: Style): string {
  const names = key.split('.');
  const own = [names.pop()!];
  let dict: {start: number; end: number} | undefined;
  while (!dict) {
    dict = names.length === 0 ? root : entries.find(entry => entry.key === names.join('.') && entry.element === 'dict');
    if (!dict) own.unshift(names.pop()!);
  }
  const whole = own.slice(1).reduceRight<PlistValue>((inner, name) => ({[name]: inner}), value);
  const outer = indentOf(text, dict.start);
  const parent = names.join('.');
  const sibling = entries.findLast(one => one.key.slice(0, Math.max(0, one.key.lastIndexOf('.'))) === parent);
  const beside = sibling && lineBefore(text, sibling.keyStart);
  const indent = beside !== undefined && /^\s*$/.test(beside) ? beside : outer + style.step;
  const lines = `${indent}${printKey(own[0]!)}${style.end}${indent}${printValue(whole, {...style, indent})}${style.end}`;
  if (text.slice(dict.start, dict.end).endsWith('/>')) {
    return `${text.slice(0, dict.start)}<dict>${style.end}${lines}${outer}</dict>${text.slice(dict.end)}`;
  }
  const close = text.lastIndexOf('</', dict.end - 1);
  const before = lineBefore(text, close);
  if (/^\s*$/.test(before)) return text.slice(0, close - before.length) + lines + text.slice(close - before.length);
  return text.slice(0, close) + style.end + lines + outer + text.slice(close);
}

function valueAt(value: PlistValue, key: string): PlistValue | undefined {
  return key
    .split('.')
    .reduce<PlistValue | undefined>((inner, name) => (inner as Record<string, PlistValue> | undefined)?.[name], value);
}

function withValue(value: PlistValue, [name, ...rest]: readonly string[], leaf: PlistValue): PlistValue {
  const dict = value as {readonly [key: string]: PlistValue};
  return {...dict, [name!]: rest.length > 0 ? withValue(dict?.[name!] ?? {}, rest, leaf) : leaf};
}
