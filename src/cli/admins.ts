import type {Principal} from '../accounts/principal.ts';
import {setConfigValue} from '../config/edit.ts';
import {askControl} from '../server/control.ts';
import type {CommandIo} from './command.ts';
import {type Accounts, principalUrl} from './open-accounts.ts';

/** Puts an account into AdminPrincipals or takes it out, and lets a running server know. Resolves to whether that changed anything. */
export async function setAdmin(
  accounts: Accounts,
  principal: Principal,
  admin: boolean,
  {configFile}: CommandIo,
): Promise<boolean> {
  const {config, directory} = accounts;
  const others = config.adminPrincipals.filter(url => directory.findByAddress(url)?.guid !== principal.guid);
  const same = config.adminPrincipals.length !== others.length;
  if (same === admin) return false;
  const urls = admin ? [...others, principalUrl(principal)] : others;
  await setConfigValue(configFile, 'AdminPrincipals', JSON.stringify(urls));
  await askControl(config.controlSocket, 'reload');
  return true;
}
