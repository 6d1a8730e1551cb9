import type {ConfigKey} from './key.ts';
import {addresses} from './keys/addresses.ts';
import {authentication} from './keys/authentication.ts';
import {calendars} from './keys/calendars.ts';
import {limits} from './keys/limits.ts';
import {mail} from './keys/mail.ts';
import {memcached} from './keys/memcached.ts';
import {operation} from './keys/operation.ts';
import {scheduling} from './keys/scheduling.ts';
import {withoutEffect} from './keys/without-effect.ts';

/** The keys this server acts on: those of the 2009 file, and what later versions and this one have added. */
const honoured: readonly ConfigKey[] = [
  ...addresses,
  ...calendars,
  ...authentication,
  ...operation,
  ...memcached,
  ...scheduling,
  ...mail,
  ...limits,
];

/** All keys, those of the 2009 file among them, in the order `caldav config list` shows them. */
export const keys: readonly ConfigKey[] = [...honoured, ...withoutEffect];

const byName = new Map(keys.map(row => [row.key, row]));

/** The row of a key by its full name, `Authentication.Basic.Enabled`. */
export function findKey(key: string): ConfigKey | undefined {
  return byName.get(key);
}

/** Names that are dictionaries because rows lie within them: `Authentication`, `Authentication.Basic`, … */
export const groups: ReadonlySet<string> = new Set(
  keys.flatMap(({key}) => {
    const names = key.split('.');
    return names.slice(1).map((_, at) => names.slice(0, at + 1).join('.'));
  }),
);
