import {loadDirectory} from '../accounts/load.ts';
import type {Directory, Principal, PrincipalType} from '../accounts/principal.ts';
import {nearest} from '../base/nearest.ts';
import {UserError} from '../base/user-error.ts';
import type {Config} from '../config/config.ts';
import {loadConfig} from '../config/load.ts';
import type {CommandIo} from './command.ts';

/** The accounts of the server whose folder a command is for. */
export interface Accounts {
  readonly config: Config;
  readonly directory: Directory;
  /** accounts.xml. */
  readonly file: string;
}

/** The accounts of the server in this folder. Throws UserError where plist or accounts.xml cannot be used. */
export async function openAccounts({configFile, dir}: CommandIo): Promise<Accounts> {
  const config = loadConfig({file: configFile, folder: dir});
  const file = config.directory.xmlFile;
  return {config, file, directory: await loadDirectory(file)};
}

/** Who can have a password, those that are meant more often first. */
export const accountTypes: readonly PrincipalType[] = ['users', 'locations', 'resources'];

/** The account of that short name or e-mail address. Throws UserError with the nearest right name. */
export function requireAccount({directory, file}: Accounts, name: string): Principal {
  return require(directory, file, accountTypes, name, 'account', 'caldav user list shows them.');
}

/** The room or thing of that short name or e-mail address. Throws UserError with the nearest right name. */
export function requireBooked({directory, file}: Accounts, type: PrincipalType, name: string): Principal {
  const word = type.slice(0, -1);
  return require(directory, file, [type], name, word, `caldav ${word} list shows them.`);
}

/** The group of that short name. Throws UserError with the nearest right name. */
export function requireGroup({directory, file}: Accounts, name: string): Principal {
  return require(directory, file, ['groups'], name, 'group', 'caldav group list shows them.');
}

/** Who is meant as a member: a user before rooms, things and groups; `groups/staff` says it outright. */
export function requireMember({directory, file}: Accounts, name: string): Principal {
  const [, type, uid] = /^(users|groups|locations|resources)\/(.+)$/.exec(name) ?? [];
  const types = type ? [type as PrincipalType] : [...accountTypes, 'groups' as const];
  return require(directory, file, types, uid ??
    name, 'account or group', 'caldav user list --all and caldav group list show them.');
}

function require(
  directory: Directory,
  file: string,
  types: readonly PrincipalType[],
  name: string,
  what: string,
  fix: string,
): Principal {
  const found = types.map(type => directory.findByName(type, name)).find(Boolean);
  if (found) return found;
  const addressed = name.includes('@') ? directory.findByAddress(`mailto:${name}`) : undefined;
  if (addressed && types.includes(addressed.type)) return addressed;
  const near = nearest(
    name,
    types.flatMap(type =>
      [...directory.list(type)].flatMap(({uids, emails}) => [...uids, ...(name.includes('@') ? emails : [])]),
    ),
  );
  throw new UserError(`There is no ${what} “${name}” in ${file}.`, near ? `Is “${near}” meant?` : fix);
}

/** The principal URL that stays, whatever the account is called. */
export function principalUrl({guid}: Principal): string {
  return `/principals/__uids__/${encodeURIComponent(guid)}/`;
}

/** Whether AdminPrincipals names this account itself. */
export function isAdmin({config, directory}: Accounts, {guid}: Principal): boolean {
  return config.adminPrincipals.some(url => directory.findByAddress(url)?.guid === guid);
}

/** Lines of columns, each as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, at) => Math.max(all[at] ?? 0, cell.length)), []);
  return rows
    .map(row =>
      row
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
