import {randomUUID} from 'node:crypto';
import {addRecord, editAccounts, memberElement} from '../../accounts/edit.ts';
import {nameProblem} from '../../accounts/names.ts';
import {UserError} from '../../base/user-error.ts';
import {checkEmails, checkText, several} from '../account-fields.ts';
import type {Command} from '../command.ts';
import {openAccounts, requireMember} from '../open-accounts.ts';
import {WrongUsage} from '../wrong-usage.ts';

export const groupAdd: Command = {
  name: 'group add <name>',
  summary: 'add a group',
  options: [
    {flags: '--full-name <text>', description: 'the name that others see'},
    {flags: '--email <address>', description: 'an e-mail address; may be given several times', parse: several},
    {flags: '--member <name>', description: 'who is in it; may be given several times', parse: several},
  ],
  examples: [
    ['caldav group add family --member ann --member bob', 'a group of two'],
    ['caldav group add staff --full-name "All staff" --member groups/sales', 'a group with another in it'],
  ],
  async run([name], options, io) {
    const accounts = await openAccounts(io);
    const uid = (name as string).normalize('NFC');
    const problem = nameProblem(uid);
    if (problem) throw new WrongUsage(`The name ${JSON.stringify(uid)} ${problem}.`);
    if (accounts.directory.findByName('groups', uid)) {
      throw new UserError(`There is a group “${uid}” already.`, `caldav group add-member ${uid} NAME puts somebody into it.`);
    }
    const fullName = options.fullName === undefined ? uid : checkText(options.fullName as string) || uid;
    const emails = checkEmails(accounts, (options.email as string[] | undefined) ?? []);
    const members = ((options.member as string[] | undefined) ?? []).map(member => requireMember(accounts, member));
    const guid = randomUUID().toUpperCase();
    await editAccounts(accounts.file, text =>
      addRecord(text, accounts.file, 'groups', [
        {name: 'uid', text: uid},
        {name: 'guid', text: guid},
        {name: 'name', text: fullName},
        ...emails.map(email => ({name: 'email-address', text: email})),
        {
          name: 'members',
          children: members.map(({type, uids}) => memberElement({type, uid: uids[0]!})),
        },
      ]),
    );
    const value = {name: uid, guid, fullName, emails, members: members.map(({uids}) => uids[0])};
    io.out.result(value, `The group ${uid} is there, with ${members.length} ${members.length === 1 ? 'member' : 'members'}.`);
    return 0;
  },
};
