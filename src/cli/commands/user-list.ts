import type {Command} from '../command.ts';
import {accountTypes, columns, isAdmin, openAccounts} from '../open-accounts.ts';

export const userList: Command = {
  name: 'user list',
  summary: 'list the accounts',
  options: [{flags: '--all', description: 'also rooms and other things that are booked'}],
  examples: [
    ['caldav user list', 'names, full names and e-mail addresses'],
    ['caldav user list --json', 'with GUIDs, for programs'],
  ],
  async run(_args, {all}, io) {
    const accounts = await openAccounts(io);
    const principals = (all ? accountTypes : (['users'] as const)).flatMap(type => [...accounts.directory.list(type)]);
    const listed = principals.map(principal => ({
      name: principal.uids[0]!,
      ...(all ? {type: principal.type} : {}),
      guid: principal.guid,
      fullName: principal.fullName,
      emails: principal.emails,
      admin: isAdmin(accounts, principal),
      calendars: principal.calendars,
    }));
    const rows = listed.map(({name, fullName, emails, admin, calendars, type}) => [
      name,
      fullName,
      emails.join(', '),
      [type && type !== 'users' ? type.slice(0, -1) : '', admin ? 'administrator' : '', calendars ? '' : 'no calendars']
        .filter(Boolean)
        .join(', '),
    ]);
    io.out.result(listed, rows.length > 0 ? columns(rows) : 'There are no accounts yet: caldav user add NAME makes one.');
    return 0;
  },
};
