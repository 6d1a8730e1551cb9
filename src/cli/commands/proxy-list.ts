import type {Command} from '../command.ts';
import {columns, openAccounts, requireAccount} from '../open-accounts.ts';
import {delegateName, listDelegates} from '../with-proxies.ts';

export const proxyList: Command = {
  name: 'proxy list [owner]',
  summary: 'list who acts in whose calendars',
  options: [],
  examples: [
    ['caldav proxy list', 'everybody’s delegates'],
    ['caldav proxy list ann', 'those who act for ann'],
  ],
  async run([name], _options, io) {
    const accounts = await openAccounts(io);
    const owner = name === undefined ? undefined : requireAccount(accounts, name as string);
    const all = await listDelegates(accounts, io);
    const listed = all
      .filter(delegation => owner === undefined || delegation.owner === owner.guid)
      .map(({owner, delegate, ...how}) => ({
        owner: delegateName(accounts, owner),
        delegate: delegateName(accounts, delegate),
        ...how,
      }));
    const rows = listed.map(({owner, delegate, access, setBy}) => [
      owner,
      access === 'write' ? 'is written by' : 'is read by',
      delegate,
      setBy === 'accounts' ? '(accounts.xml)' : '',
    ]);
    const whose = owner ? `for ${owner.uids[0]}` : 'for another';
    io.out.result(listed, rows.length > 0 ? columns(rows) : `Nobody acts ${whose}: caldav proxy add OWNER DELEGATE lets one.`);
    return 0;
  },
};
