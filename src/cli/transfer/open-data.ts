import {loadDirectory} from '../../accounts/load.ts';
import type {Directory, Principal} from '../../accounts/principal.ts';
import {nearest} from '../../base/nearest.ts';
import {UserError} from '../../base/user-error.ts';
import type {Config} from '../../config/config.ts';
import {loadConfig} from '../../config/load.ts';
import type {Store} from '../../store/store.ts';
import type {CommandIo} from '../command.ts';
import {withStore} from '../with-store.ts';

/** The server's data, as a command works on it whether or not the server runs. */
export interface Data {
  readonly config: Config;
  readonly principal: Principal;
  readonly store: Store;
}

/** Hands the data of an account to `work`. Throws UserError where there is no such account, or the data is out of reach. */
export async function withData<T>(io: CommandIo, user: string, work: (data: Data) => Promise<T>): Promise<T> {
  const config = loadConfig({file: io.configFile, folder: io.dir});
  const principal = findUser(await loadDirectory(config.directory.xmlFile), user);
  return withStore(config, io, store => work({config, principal, store}));
}

/** By short name, then by e-mail address. Throws UserError. */
export function findUser(directory: Directory, name: string): Principal {
  const types = ['users', 'resources', 'locations', 'groups'] as const;
  const found =
    types.map(type => directory.findByName(type, name)).find(principal => principal !== undefined) ??
    directory.findByAddress(`mailto:${name.toLowerCase()}`);
  if (!found) {
    const near = nearest(
      name,
      [...directory.list('users')].flatMap(({uids}) => uids),
    );
    throw new UserError(`There is no account ${name}.`, near ? `Is ${near} meant?` : '`caldav user list` lists those there are.');
  }
  if (!found.calendars)
    throw new UserError(`The account ${name} has no calendars.`, 'Take <disable-calendar/> out of its record.');
  return found;
}
