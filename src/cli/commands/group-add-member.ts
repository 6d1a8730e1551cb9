import {addReference, editAccounts} from '../../accounts/edit.ts';
import {UserError} from '../../base/user-error.ts';
import type {Command} from '../command.ts';
import {openAccounts, requireGroup, requireMember} from '../open-accounts.ts';

export const groupAddMember: Command = {
  name: 'group add-member <group> <members...>',
  summary: 'put an account into a group',
  options: [],
  examples: [
    ['caldav group add-member family ann bob', 'puts both into the group'],
    ['caldav group add-member staff groups/sales', 'puts a group into the group'],
  ],
  async run([name, names], _options, io) {
    const accounts = await openAccounts(io);
    const group = requireGroup(accounts, name as string);
    const members = (names as string[]).map(member => requireMember(accounts, member));
    const uid = group.uids[0]!;
    for (const {guid, uids} of members) {
      const circle = guid === group.guid || accounts.directory.groupsOf(group.guid).some(above => above.guid === guid);
      if (circle) throw new UserError(`${uids[0]} cannot be in ${uid}, which is ${guid === group.guid ? 'itself' : 'in it'}.`);
    }
    const changed = await editAccounts(accounts.file, text =>
      members.reduce(
        (before, {type, uids, guid}) =>
          group.members.includes(guid)
            ? before
            : addReference(before, accounts.file, {type: 'groups', uid}, 'members', {type, uid: uids[0]!}),
        text,
      ),
    );
    const who = members.map(({uids}) => uids[0]);
    const verb = who.length === 1 ? 'is' : 'are';
    io.out.result({group: uid, members: who, changed}, `${who.join(', ')} ${verb} in ${uid}${changed ? '' : ' already'}.`);
    return 0;
  },
};
