import type {Command} from '../command.ts';
import {openAccounts, requireAccount} from '../open-accounts.ts';
import {showAccount} from '../show-account.ts';

export const userShow: Command = {
  name: 'user show <name>',
  summary: 'show one account',
  options: [],
  examples: [['caldav user show ann', 'names, addresses, groups, and where its calendars are']],
  async run([name], _options, io) {
    const accounts = await openAccounts(io);
    return showAccount(accounts, requireAccount(accounts, name as string), io);
  },
};
