import {readFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {nearest} from '../base/nearest.ts';
import {UserError} from '../base/user-error.ts';
import {buildPlist} from './build-plist.ts';
import type {Config} from './config.ts';
import type {PlistValue} from './key.ts';
import {findKey, groups, keys} from './keys.ts';
import {type Entry, PlistError, type PlistSource, parsePlist} from './plist-source.ts';
import {checkValue, convertValue} from './value.ts';

/** What is to be said about a place of the plist. */
export interface Remark {
  /** From 1. */
  readonly line: number;
  readonly key: string;
  /** A sentence without its full stop. */
  readonly message: string;
  /** What to write instead; empty for a note. */
  readonly fix: string;
}

/** All that is to be said about a plist: what keeps it from being used, and keys that are known but without effect here. */
export interface Inspection {
  /** Undefined where there are problems. */
  readonly config?: Config;
  readonly problems: readonly Remark[];
  readonly notes: readonly Remark[];
  /** The values as written, with the defaults of all other honoured keys, by dotted key. */
  readonly values: ReadonlyMap<string, PlistValue>;
  /** Undefined where the text is no property list. */
  readonly source?: PlistSource;
}

/**
 * The plist as the program uses it, deep-frozen. `folder` is the server's folder, which relative paths are relative to. Throws
 * UserError for a file that cannot be read, is no property list, or has a key or value that is wrong, naming the line.
 */
export function loadConfig({file, folder}: {file: string; folder: string}): Config {
  return requireConfig({file, folder, text: readConfig(file)});
}

/** A Config of keys and values instead of a text, as loadConfig makes it of a file. Throws UserError likewise. */
export function parseConfig({
  plist,
  file,
  folder,
}: {
  plist: Readonly<Record<string, PlistValue>>;
  file: string;
  folder: string;
}): Config {
  return requireConfig({file, folder, text: buildPlist(plist as Parameters<typeof buildPlist>[0])});
}

function requireConfig({file, folder, text}: {file: string; folder: string; text: string}): Config {
  const {config, problems} = inspectConfig({file, folder, text});
  const [first, ...others] = problems;
  if (config && !first) return config;
  const more = others.length > 0 ? ` (and ${others.length} more like it: see caldav doctor)` : '';
  throw new UserError(`${file}, line ${first!.line}: ${first!.message}${more}.`, ended(first!.fix));
}

/** A fix as a sentence of its own. */
export function ended(sentence: string): string {
  return /\?$/.test(sentence) ? sentence : `${sentence}.`;
}

/** The plist's text. Throws UserError where it cannot be read. */
export function readConfig(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new UserError(`There is no configuration at ${file}.`, 'Type: caldav setup');
    if (code === 'EACCES') throw new UserError(`This account may not read ${file}.`, `Run as its owner, or as root.`);
    throw new UserError(`${file} cannot be read: ${message}.`);
  }
}

/** Everything that can be said about a plist's text; throws nothing. */
export function inspectConfig({file, folder, text}: {file: string; folder: string; text: string}): Inspection {
  const values = new Map<string, PlistValue>(keys.filter(row => row.config).map(row => [row.key, row.default]));
  let source: PlistSource;
  try {
    source = parsePlist(text);
  } catch (error) {
    if (!(error instanceof PlistError)) throw error;
    const problem = {
      line: error.line,
      key: '',
      message: error.message.replace(/\.$/, ''),
      fix: 'Mend that line in a text editor: it must be an XML property list',
    };
    return {problems: [problem], notes: [], values};
  }
  const problems: Remark[] = [];
  const notes: Remark[] = [];
  for (const entry of source.entries) {
    const {key, line} = entry;
    const row = findKey(key);
    if (row) {
      const value = valueAt(source, key);
      const wrong = checkValue(row, value, source.text.slice(entry.start, entry.end));
      if (wrong) problems.push({line, key, ...wrong});
      else if (row.because)
        notes.push({line, key, message: `${key} is known, without effect here, because ${row.because}`, fix: ''});
      values.set(key, value);
    } else if (groups.has(key)) {
      if (entry.element !== 'dict')
        problems.push({line, key, message: `${key} must be a dictionary`, fix: 'Write <dict>…</dict>'});
    } else if (!insideAnother(entry, source.entries)) problems.push({line, key, ...unknownKey(key)});
  }
  if (problems.length > 0) return {problems, notes, values, source};
  return {config: makeConfig(values, file, folder), problems, notes, values, source};
}

/** What to say of a key that is not in the table. */
export function unknownKey(key: string): {message: string; fix: string} {
  const name = key.split('.').at(-1)!;
  const siblings = key.slice(0, key.length - name.length);
  const all = [...keys.map(row => row.key), ...groups];
  const here = all.filter(one => one.startsWith(siblings) && !one.slice(siblings.length).includes('.'));
  const meant = (here.includes(siblings + name) ? undefined : nearest(key, here)) ?? nearest(key, all) ?? sameName(name, all);
  return {
    message: `${key} is no key of caldavd.plist`,
    fix: meant ? `Did you mean ${meant}?` : 'See caldav config list for the keys there are',
  };
}

/** A key of that name in another dictionary: `Enabled` alone says nothing, `ProcessCount` does. */
function sameName(name: string, all: readonly string[]): string | undefined {
  const found = all.filter(one => one.split('.').at(-1)!.toLowerCase() === name.toLowerCase());
  return found.length === 1 ? found[0] : undefined;
}

/** Whether an entry lies in a dictionary that is not looked into, or in one that has been reported itself. */
function insideAnother({key}: Entry, entries: readonly Entry[]): boolean {
  return entries.some(one => key.startsWith(`${one.key}.`) && !groups.has(one.key));
}

function valueAt({value}: PlistSource, key: string): PlistValue {
  return key.split('.').reduce<PlistValue>((inner, name) => (inner as Record<string, PlistValue>)[name] ?? null, value);
}

function makeConfig(values: ReadonlyMap<string, PlistValue>, file: string, folder: string): Config {
  const config: Record<string, unknown> = {file, folder};
  for (const row of keys) {
    if (!row.config) continue;
    const names = row.config.split('.');
    let inner = config;
    for (const name of names.slice(0, -1)) {
      inner[name] ??= {};
      inner = inner[name] as Record<string, unknown>;
    }
    inner[names.at(-1)!] = convertValue(row, values.get(row.key)!, folder);
  }
  config.serverHostName ||= hostname();
  return freeze(config) as unknown as Config;
}

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) freeze(inner);
  return Object.freeze(value);
}
