import {type Booked, location, resource} from '../booked.ts';
import type {Command} from '../command.ts';
import {openAccounts, requireBooked} from '../open-accounts.ts';
import {removeAccount, removeOptions} from '../remove-account.ts';

export const locationRemove = bookedRemove(location);
export const resourceRemove = bookedRemove(resource);

function bookedRemove({word, type, plain, example}: Booked): Command {
  return {
    name: `${word} remove <name>`,
    summary: `remove a ${plain}`,
    options: removeOptions,
    examples: [
      [`caldav ${word} remove ${example}`, 'asks, then removes it and, if you say so, its calendar'],
      [`caldav ${word} remove ${example} --keep-data`, 'the calendar stays, and comes back with one of the same GUID'],
    ],
    async run([name], options, io) {
      const accounts = await openAccounts(io);
      return removeAccount(accounts, requireBooked(accounts, type, name as string), options, io);
    },
  };
}
