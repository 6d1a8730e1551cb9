import type {Command} from '../command.ts';
import {openAccounts, requireAccount} from '../open-accounts.ts';
import {removeAccount, removeOptions} from '../remove-account.ts';

export const userRemove: Command = {
  name: 'user remove <name>',
  summary: 'remove an account',
  options: removeOptions,
  examples: [
    ['caldav user remove ann', 'asks, then removes the account and, if you say so, its calendars'],
    ['caldav user remove ann --keep-data', 'the calendars stay, and come back with an account of the same GUID'],
    ['caldav user remove ann --yes', 'removes everything, without a question'],
  ],
  async run([name], options, io) {
    const accounts = await openAccounts(io);
    return removeAccount(accounts, requireAccount(accounts, name as string), options, io);
  },
};
