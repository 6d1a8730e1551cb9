import {editAccounts, removeReference} from '../../accounts/edit.ts';
import type {Command} from '../command.ts';
import {openAccounts, requireGroup, requireMember} from '../open-accounts.ts';

export const groupRemoveMember: Command = {
  name: 'group remove-member <group> <members...>',
  summary: 'take an account out of a group',
  options: [],
  examples: [['caldav group remove-member family bob', 'takes it out; the account stays']],
  async run([name, names], _options, io) {
    const accounts = await openAccounts(io);
    const uid = requireGroup(accounts, name as string).uids[0]!;
    const members = (names as string[]).map(member => requireMember(accounts, member));
    const changed = await editAccounts(accounts.file, text =>
      members.reduce(
        (before, {type, uids}) => removeReference(before, accounts.file, {type: 'groups', uid}, 'members', type, uids),
        text,
      ),
    );
    const who = members.map(({uids}) => uids[0]);
    const verb = who.length === 1 ? 'is' : 'are';
    io.out.result({group: uid, members: who, changed}, `${who.join(', ')} ${verb} ${changed ? 'no longer' : 'not'} in ${uid}.`);
    return 0;
  },
};
