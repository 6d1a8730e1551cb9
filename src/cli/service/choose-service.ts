import {existsSync} from 'node:fs';
import {UserError} from '../../base/user-error.ts';
import type {Option} from '../command.ts';
import {WrongUsage} from '../wrong-usage.ts';
import {findManager, type Manager} from './manager.ts';

/** The options by which the three commands name a service. */
export const serviceOptions: readonly Option[] = [
  {flags: '--name <name>', description: 'the service’s name', parse: nameOf, default: 'caldav'},
  {flags: '--user', description: 'this account’s own service, not the whole machine’s: what an account that is not root gets'},
];

export interface Chosen {
  readonly name: string;
  readonly own: boolean;
  readonly manager: Manager;
}

/** Which service is meant: root's is the whole machine's, everybody else's their own. */
export function chooseService({name, user}: Readonly<Record<string, unknown>>): Chosen {
  const root = process.geteuid?.() === 0;
  if (user && root) {
    throw new UserError('A service of root’s own would serve as root.', 'Leave --user out, or do it as another account.');
  }
  const which = {name: (name as string | undefined) ?? 'caldav', own: !root};
  return {...which, manager: findManager(which)};
}

/** The same for who only looks: the whole machine's can be looked at by everybody. */
export function chooseToLook(options: Readonly<Record<string, unknown>>): Chosen {
  const chosen = chooseService(options);
  if (!chosen.own || options.user || existsSync(chosen.manager.file)) return chosen;
  const all = {name: chosen.name, own: false};
  const manager = findManager(all);
  return existsSync(manager.file) ? {...all, manager} : chosen;
}

function nameOf(name: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,99}$/.test(name)) return name;
  throw new WrongUsage(
    `${JSON.stringify(name)} is no name for a service.`,
    'Letters, digits, dots, dashes and underlines: --name caldav-family',
  );
}
