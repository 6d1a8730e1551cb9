import type {Command} from '../command.ts';
import {columns, openAccounts} from '../open-accounts.ts';

export const groupList: Command = {
  name: 'group list',
  summary: 'list the groups',
  options: [],
  examples: [['caldav group list', 'names, full names and members']],
  async run(_args, _options, io) {
    const {directory} = await openAccounts(io);
    const listed = [...directory.list('groups')].map(({uids, guid, fullName, emails, members}) => ({
      name: uids[0]!,
      guid,
      fullName,
      emails,
      members: members.map(member => {
        const {type, uids} = directory.findByGuid(member)!;
        return type === 'users' ? uids[0]! : `${type}/${uids[0]}`;
      }),
    }));
    const rows = listed.map(({name, fullName, members}) => [name, fullName, members.join(', ') || '(nobody)']);
    io.out.result(listed, rows.length > 0 ? columns(rows) : 'There are no groups: caldav group add NAME makes one.');
    return 0;
  },
};
