import {type Booked, location, resource} from '../booked.ts';
import type {Command} from '../command.ts';
import {openAccounts, requireBooked} from '../open-accounts.ts';
import {showAccount} from '../show-account.ts';

export const locationShow = bookedShow(location);
export const resourceShow = bookedShow(resource);

function bookedShow({word, type, plain, example}: Booked): Command {
  return {
    name: `${word} show <name>`,
    summary: `show one ${plain}`,
    options: [],
    examples: [[`caldav ${word} show ${example}`, 'how it answers, where it is, and who acts for it']],
    async run([name], _options, io) {
      const accounts = await openAccounts(io);
      return showAccount(accounts, requireBooked(accounts, type, name as string), io);
    },
  };
}
