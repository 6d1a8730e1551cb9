import {randomUUID} from 'node:crypto';
import {addRecord, addReference, editAccounts} from '../../accounts/edit.ts';
import type {Principal} from '../../accounts/principal.ts';
import {checkEmails, checkGuid, checkNewName, checkText, several} from '../account-fields.ts';
import {choosePassword, passwordOptions} from '../choose-password.ts';
import type {Command, CommandIo} from '../command.ts';
import {openAccounts, requireAccount, requireGroup} from '../open-accounts.ts';
import {ha1Elements, passwordElement} from '../password-elements.ts';

export const userAdd: Command = {
  name: 'user add <name>',
  summary: 'add an account',
  options: [
    {flags: '--full-name <text>', description: 'the name that others see'},
    {flags: '--email <address>', description: 'an e-mail address; may be given several times', parse: several},
    ...passwordOptions,
    {flags: '--admin', description: 'give it all rights on everything'},
    {flags: '--guid <guid>', description: 'its GUID, to have calendars again that were kept (default: a new one)'},
    {flags: '--group <name>', description: 'put it into a group; may be given several times', parse: several},
  ],
  examples: [
    ['caldav user add ann', 'asks for the rest'],
    ['caldav user add ann --full-name "Ann Smith" --email ann@example.com --generate-password', 'asks nothing'],
    ['caldav user add bob --group family --password-stdin < password.txt', 'takes the password from a file'],
  ],
  async run([name], options, io) {
    const accounts = await openAccounts(io);
    const uid = checkNewName(accounts, name as string);
    const groups = ((options.group as string[] | undefined) ?? []).map(group => requireGroup(accounts, group));
    const given = {
      fullName: options.fullName === undefined ? undefined : checkText(options.fullName as string),
      emails: options.email === undefined ? undefined : checkEmails(accounts, options.email as string[]),
    };
    const asks = io.out.interactive && !options.passwordStdin && !options.generatePassword;
    const {fullName = uid, emails = []} = asks ? await ask(uid, given, emails => checkEmails(accounts, emails)) : given;
    const {password, generated} = await choosePassword(options, io, [uid, fullName, ...emails]);
    const hash = await passwordElement(password);
    const guid = options.guid === undefined ? randomUUID().toUpperCase() : checkGuid(accounts, options.guid as string);
    await editAccounts(accounts.file, text => {
      const added = addRecord(text, accounts.file, 'users', [
        {name: 'uid', text: uid},
        {name: 'guid', text: guid},
        hash,
        ...(options.digest ? ha1Elements([uid], accounts.directory.realm, password) : []),
        {name: 'name', text: fullName || uid},
        ...emails.map(email => ({name: 'email-address', text: email})),
      ]);
      return groups.reduce((before, group) => addMember(before, accounts.file, group, uid), added);
    });
    if (options.admin) {
      const changed = await openAccounts(io);
      const {setAdmin} = await import('../admins.ts');
      await setAdmin(changed, requireAccount(changed, uid), true, io);
    }
    say({name: uid, guid, fullName: fullName || uid, emails, admin: Boolean(options.admin), groups, password, generated}, io);
    return 0;
  },
};

function addMember(text: string, file: string, group: Principal, uid: string): string {
  return addReference(text, file, {type: 'groups', uid: group.uids[0]!}, 'members', {type: 'users', uid});
}

async function ask(
  uid: string,
  given: {fullName: string | undefined; emails: readonly string[] | undefined},
  check: (emails: string[]) => string[],
): Promise<{fullName: string; emails: readonly string[]}> {
  const {default: inquirer} = await import('inquirer');
  const one = async (message: string, standard: string, validate: (typed: string) => true | string) =>
    (await inquirer.prompt([{type: 'input', name: 'typed', message, default: standard, validate}])).typed as string;
  const valid = (read: (typed: string) => unknown) => (typed: string) => {
    try {
      read(typed);
      return true as const;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const split = (typed: string) => check(typed.split(/[\s,]+/));
  return {
    fullName: given.fullName ?? checkText(await one('Full name:', uid, valid(checkText))),
    emails: given.emails ?? split(await one('E-mail address, if any:', uid.includes('@') ? uid : '', valid(split))),
  };
}

function say(
  made: {
    name: string;
    guid: string;
    fullName: string;
    emails: readonly string[];
    admin: boolean;
    groups: readonly Principal[];
    password: string;
    generated: boolean;
  },
  {out}: CommandIo,
) {
  const {password, generated, groups, ...plain} = made;
  const value = {...plain, groups: groups.map(({uids}) => uids[0]), ...(generated ? {password} : {})};
  const lines = [`${made.fullName} can now log in as ${made.name}${made.admin ? ', with all rights' : ''}.`];
  if (generated) lines.push(`Password, shown this once:  ${password}`);
  out.result(value, lines.join('\n'));
}
