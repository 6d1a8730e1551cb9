import {editAccounts, removeRecord} from '../../accounts/edit.ts';
import type {Command} from '../command.ts';
import {openAccounts, requireGroup} from '../open-accounts.ts';
import {forgetDelegates} from '../with-proxies.ts';

export const groupRemove: Command = {
  name: 'group remove <name>',
  summary: 'remove a group',
  options: [],
  examples: [['caldav group remove family', 'the accounts in it stay']],
  async run([name], _options, io) {
    const accounts = await openAccounts(io);
    const group = requireGroup(accounts, name as string);
    const uid = group.uids[0]!;
    await editAccounts(accounts.file, text => removeRecord(text, accounts.file, {type: 'groups', uid}));
    await forgetDelegates(accounts, group, io);
    io.out.result(
      {name: uid, guid: group.guid, removed: true},
      `The group ${uid} is removed; the accounts that were in it stay.`,
    );
    return 0;
  },
};
