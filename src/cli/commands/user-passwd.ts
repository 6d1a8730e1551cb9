import {parseAccounts} from '../../accounts/document.ts';
import {editAccounts, setElements} from '../../accounts/edit.ts';
import {readAccounts} from '../../accounts/load.ts';
import {readRecords} from '../../accounts/records.ts';
import {choosePassword, passwordOptions} from '../choose-password.ts';
import type {Command} from '../command.ts';
import {openAccounts, requireAccount} from '../open-accounts.ts';
import {ha1Elements, passwordElement} from '../password-elements.ts';

export const userPasswd: Command = {
  name: 'user passwd <name>',
  summary: 'give an account a new password',
  options: [...passwordOptions, {flags: '--no-digest', description: 'no longer store what HTTP Digest needs'}],
  examples: [
    ['caldav user passwd ann', 'asks for it twice'],
    ['caldav user passwd ann --generate-password', 'makes one and shows it once'],
    ['caldav user passwd ann --password-stdin < password.txt', 'takes it from a file'],
  ],
  async run([name], options, io) {
    const accounts = await openAccounts(io);
    const {file, directory} = accounts;
    const {type, uids, guid, fullName, emails} = requireAccount(accounts, name as string);
    const {password, generated} = await choosePassword(options, io, [...uids, fullName, ...emails]);
    const record = {type, uid: uids[0]!};
    const {records} = readRecords(parseAccounts(await readAccounts(file), file));
    const digest = (options.digest ?? (records.find(one => one.guid === guid)?.ha1.length ?? 0) > 0) as boolean;
    const hash = await passwordElement(password);
    await editAccounts(file, text => {
      const changed = setElements(text, file, record, 'password', [hash]);
      return setElements(changed, file, record, 'ha1', digest ? ha1Elements(uids, directory.realm, password) : []);
    });
    io.out.result(
      {name: uids[0], digest, ...(generated ? {password} : {})},
      `${uids[0]} has a new password.${generated ? `\nPassword, shown this once:  ${password}` : ''}`,
    );
    return 0;
  },
};
