import {existsSync} from 'node:fs';
import {editAccounts, removeReference} from '../../accounts/edit.ts';
import type {Principal} from '../../accounts/principal.ts';
import {proxiesFileIn} from '../../accounts/proxies-file.ts';
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
  async run([ownerName, delegateText], _options, io) {
    const accounts = await openAccounts(io);
    const owner = requireAccount(accounts, ownerName as string);
    const member = requireMember(accounts, delegateText as string);
    const fromFile = [...owner.proxies, ...owner.readOnlyProxies].includes(member.guid);
    if (fromFile) await removeFromAccounts(accounts, owner, member);
    const fromOwner = await removeSet(accounts, owner, member, io);
    const [name, who] = [owner.uids[0]!, delegateName(accounts, member.guid)];
    if (!fromFile && !fromOwner) {
      throw new UserError(`${who} does not act for ${name}.`, `caldav proxy list ${name} shows who does.`);
    }
    const left = (await listDelegates(await openAccounts(io), io)).filter(delegation => delegation.owner === owner.guid);
    const still = accounts.directory.groupsOf(member.guid).find(({guid}) => left.some(({delegate}) => delegate === guid));
    io.out.result(
      {owner: name, delegate: who, removed: true, fromAccounts: fromFile},
      `${who} no longer acts for ${name}.${still ? ` It still does as a member of the group ${still.uids[0]}.` : ''}`,
    );
    return 0;
  },
};

async function removeFromAccounts({file, config}: Accounts, {type, uids}: Principal, member: Principal): Promise<void> {
  await editAccounts(file, text =>
    ['proxies', 'read-only-proxies'].reduce(
      (before, list) => removeReference(before, file, {type, uid: uids[0]!}, list, member.type, member.uids),
      text,
    ),
  );
  await askControl(config.controlSocket, 'reload');
}

/** Answers whether there was anything to remove. */
async function removeSet(accounts: Accounts, owner: Principal, member: Principal, io: CommandIo): Promise<boolean> {
  if (!existsSync(proxiesFileIn(accounts.config.dataRoot))) return false;
  return withProxies(accounts, io, proxies =>
    (['read', 'write'] as const)
      .map(access => proxies.remove({owner: owner.guid, access, member: member.guid}))
      .some(removed => removed),
  );
}
