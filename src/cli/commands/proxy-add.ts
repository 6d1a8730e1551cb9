import type {Principal} from '../../accounts/principal.ts';
import {fixedProxies} from '../../accounts/proxies.ts';
import {UserError} from '../../base/user-error.ts';
import type {Command} from '../command.ts';
import {openAccounts, requireAccount, requireMember} from '../open-accounts.ts';
import {delegateName, withProxies} from '../with-proxies.ts';

export const proxyAdd: Command = {
  name: 'proxy add <owner> <delegate>',
  summary: 'let an account act in the calendars of another',
  options: [{flags: '--read-only', description: 'it may read them, and change nothing'}],
  examples: [
    ['caldav proxy add ann bob', 'bob reads and writes what is ann’s; a running server knows at once'],
    ['caldav proxy add ann carla@example.com --read-only', 'carla reads; an e-mail address will do for a name'],
    ['caldav proxy add meeting-room groups/office', 'everybody in the group office keeps the room’s calendar'],
  ],
  async run([ownerName, delegateText], {readOnly}, io) {
    const accounts = await openAccounts(io);
    const owner = requireAccount(accounts, ownerName as string);
    const member = requireMember(accounts, delegateText as string);
    const [access, other] = readOnly === true ? (['read', 'write'] as const) : (['write', 'read'] as const);
    requireTwo(owner, member);
    if (fixedProxies(owner, other).includes(member.guid)) {
      throw new UserError(
        `${accounts.file} says already that ${member.uids[0]} may ${other === 'read' ? 'read only' : 'write'}.`,
        `Take that back first: caldav proxy remove ${owner.uids[0]} ${delegateName(accounts, member.guid)}`,
      );
    }
    const isFixed = fixedProxies(owner, access).includes(member.guid);
    const changed =
      !isFixed &&
      (await withProxies(accounts, io, proxies => {
        const was = proxies.remove({owner: owner.guid, access: other, member: member.guid});
        return proxies.add({owner: owner.guid, access, member: member.guid}) || was;
      }));
    const what = access === 'write' ? 'read and write' : 'read';
    io.out.result(
      {owner: owner.uids[0], delegate: delegateName(accounts, member.guid), access, changed},
      `${member.uids[0]} may ${what} the calendars of ${owner.uids[0]}${changed ? '' : ', as before'}.`,
    );
    return 0;
  },
};

function requireTwo(owner: Principal, member: Principal): void {
  if (owner.guid === member.guid) throw new UserError(`${owner.uids[0]} may do everything with its own calendars already.`);
  if (!owner.calendars) throw new UserError(`${owner.uids[0]} has no calendars.`, 'accounts.xml says <disable-calendar/>.');
}
