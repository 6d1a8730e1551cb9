import {editAccounts, removeReference} from '../../accounts/edit.ts';
import type {Principal} from '../../accounts/principal.ts';
import {UserError} from '../../base/user-error.ts';
import {askControl} from '../../server/control.ts';
import type {Command, CommandIo} from '../command.ts';
import {type Accounts, openAccounts, requireAccount, requireMember} from '../open-accounts.ts';
import {delegateName, listDelegates, withProxies} from '../with-proxies.ts';

export const proxyRemove: Command = {
  name: 'proxy remove <owner> <delegate>',
  summary: 'no longer let an account act for another',
  options: [],
  examples: [['caldav proxy remove ann bob', 'wherever that was said: by ann, by caldav proxy add, or in accounts.xml']],
  async run([ownerText, delegateText], _options, io) {
    const accounts = await openAccounts(io);
    const known = await listDelegates(accounts, io);
    // Who is no longer there has no name: it is meant by its GUID.
    const guidOf = (text: string, require: (accounts: Accounts, name: string) => Principal) =>
      known.some(({owner, delegate}) => owner === text || delegate === text) ? text : require(accounts, text).guid;
    const owner = guidOf(ownerText as string, requireAccount);
    const member = guidOf(delegateText as string, requireMember);
    const [name, who] = [delegateName(accounts, owner), delegateName(accounts, member)];
    const found = known.filter(delegation => delegation.owner === owner && delegation.delegate === member);
    if (found.length === 0) throw new UserError(`${who} does not act for ${name}.`, 'caldav proxy list shows who does.');
    const fromAccounts = found.some(({setBy}) => setBy === 'accounts');
    if (fromAccounts) await removeFromAccounts(accounts, owner, member);
    if (found.some(({setBy}) => setBy === 'owner')) await removeSet(accounts, owner, member, io);
    const left = known.filter(delegation => delegation.owner === owner);
    const still = accounts.directory.groupsOf(member).find(({guid}) => left.some(({delegate}) => delegate === guid));
    io.out.result(
      {owner: name, delegate: who, removed: true, fromAccounts},
      `${who} no longer acts for ${name}.${still ? ` It still does as a member of the group ${still.uids[0]}.` : ''}`,
    );
    return 0;
  },
};

/** What accounts.xml says is of records that are there. */
async function removeFromAccounts({file, config, directory}: Accounts, owner: string, member: string): Promise<void> {
  const {type, uids} = directory.findByGuid(owner)!;
  const named = directory.findByGuid(member)!;
  await editAccounts(file, text =>
    ['proxies', 'read-only-proxies'].reduce(
      (before, list) => removeReference(before, file, {type, uid: uids[0]!}, list, named.type, named.uids),
      text,
    ),
  );
  await askControl(config.controlSocket, 'reload');
}

function removeSet(accounts: Accounts, owner: string, member: string, io: CommandIo): Promise<void> {
  return withProxies(accounts, io, proxies => {
    for (const access of ['read', 'write'] as const) proxies.remove({owner, access, member});
  });
}
