import {editAccounts, removeRecord} from '../accounts/edit.ts';
import type {Principal} from '../accounts/principal.ts';
import {UserError} from '../base/user-error.ts';
import type {Config} from '../config/config.ts';
import type {CommandIo, Option} from './command.ts';
import {type Accounts, isAdmin} from './open-accounts.ts';
import {forgetDelegates} from './with-proxies.ts';
import {WrongUsage} from './wrong-usage.ts';

export const removeOptions: readonly Option[] = [
  {flags: '--keep-data', description: 'leave its calendars on disk'},
  {flags: '--yes', description: 'do not ask: remove the account and its calendars'},
];

/** Removes an account, room or thing and, where that is wished for, its calendars. */
export async function removeAccount(
  accounts: Accounts,
  principal: Principal,
  options: Readonly<Record<string, unknown>>,
  io: CommandIo,
): Promise<0> {
  const uid = principal.uids[0]!;
  const removesData = !options.keepData && (options.yes === true || (await ask(uid, io.out.interactive)));
  // Loaded before anything is changed: what is missing in the installation should show now.
  const remove = removesData ? (await import('./remove-home.ts')).removeHomes : undefined;
  await editAccounts(accounts.file, text => removeRecord(text, accounts.file, {type: principal.type, uid}));
  await forgetDelegates(accounts, principal, io);
  if (isAdmin(accounts, principal)) await (await import('./admins.ts')).setAdmin(accounts, principal, false, io);
  const data = remove
    ? await removeData(() => remove(principal.guid, accounts.config, io), uid, principal.guid, accounts.config)
    : [];
  const kept = removesData ? '' : ` Its calendars stay: they belong to the GUID ${principal.guid}.`;
  const gone = removesData ? (data.length > 0 ? ' Its data is removed too.' : ' It had no data.') : '';
  io.out.result({name: uid, guid: principal.guid, removed: true, data}, `${uid} is removed.${kept}${gone}`);
  return 0;
}

/** The account is gone already: whatever stops its data from going has to say where that is. */
async function removeData(remove: () => Promise<string[]>, uid: string, guid: string, {documentRoot}: Config): Promise<string[]> {
  try {
    return await remove();
  } catch (error) {
    const where = `${documentRoot}/calendars/__uids__/${guid.slice(0, 2)}/${guid.slice(2, 4)}/${guid}`;
    throw new UserError(
      `The account ${uid} is removed, but its calendars are still there: ${(error as Error).message}`,
      `Mend that and stop the server; then remove the folder ${where}.`,
    );
  }
}

/** Whether its calendars go too. Throws where the person would rather not, or cannot be asked. */
async function ask(uid: string, interactive: boolean): Promise<boolean> {
  if (!interactive) {
    throw new WrongUsage(
      `There is no terminal to ask on whether the calendars of ${uid} are to go.`,
      'Add --keep-data to keep them, or --yes to remove them.',
    );
  }
  const {default: inquirer} = await import('inquirer');
  const {what} = await inquirer.prompt([
    {
      type: 'select',
      name: 'what',
      message: `Remove the account ${uid}?`,
      choices: [
        {name: 'No, change nothing', value: 'nothing'},
        {name: 'Remove the account, keep its calendars on disk', value: 'account'},
        {name: 'Remove the account and all its calendars, for ever', value: 'all'},
      ],
      default: 'nothing',
    },
  ]);
  if (what === 'nothing') throw new UserError('Stopped: nothing was changed.');
  return what === 'all';
}
