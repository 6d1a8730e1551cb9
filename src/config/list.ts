import {UserError} from '../base/user-error.ts';
import type {ConfigKey, PlistValue} from './key.ts';
import {groups, keys} from './keys.ts';
import {ended, inspectConfig, readConfig, unknownKey} from './load.ts';

/** A key with the value that holds for it. */
export interface Setting {
  readonly row: ConfigKey;
  /** As written in the plist; the default where it is not. */
  readonly value: PlistValue;
  readonly isDefault: boolean;
}

/** Every honoured key, and those without effect that the plist has. Throws UserError as loadConfig does. */
export function listSettings(file: string): Setting[] {
  const {values, problems, source} = inspectConfig({file, folder: '/', text: readConfig(file)});
  const [problem] = problems;
  if (problem) throw new UserError(`${file}, line ${problem.line}: ${problem.message}.`, ended(problem.fix));
  const written = new Set(source?.entries.map(({key}) => key));
  return keys
    .filter(row => row.config || written.has(row.key))
    .map(row => ({row, value: values.get(row.key) ?? row.default, isDefault: !written.has(row.key)}));
}

/** The value that holds for a key; for one that groups others (`Authentication.Basic`), theirs. Throws UserError for an unknown one. */
export function getConfigValue(file: string, key: string): PlistValue {
  const settings = listSettings(file);
  const found = settings.find(({row}) => row.key === key);
  if (found) return found.value;
  const row = keys.find(one => one.key === key);
  if (row) return row.default;
  if (!groups.has(key)) {
    const {message, fix} = unknownKey(key);
    throw new UserError(`${message}.`, ended(fix));
  }
  const inside: Record<string, PlistValue> = {};
  for (const {row, value} of settings)
    if (row.key.startsWith(`${key}.`)) place(inside, row.key.slice(key.length + 1).split('.'), value);
  return inside;
}

/** A value for people: as it is typed to `caldav config set`. */
export function showValue(value: PlistValue): string {
  if (Array.isArray(value)) return value.map(showValue).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function place(dict: Record<string, PlistValue>, [name, ...rest]: readonly string[], value: PlistValue): void {
  if (rest.length === 0) dict[name!] = value;
  else {
    dict[name!] ??= {};
    place(dict[name!] as Record<string, PlistValue>, rest, value);
  }
}
