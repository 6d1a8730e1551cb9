import {type Booked, location, resource} from '../booked.ts';
import type {Command} from '../command.ts';
import {columns, openAccounts} from '../open-accounts.ts';

export const locationList = bookedList(location);
export const resourceList = bookedList(resource);

function bookedList({word, type, plain}: Booked): Command {
  return {
    name: `${word} list`,
    summary: `list the ${plain}s`,
    options: [],
    examples: [[`caldav ${word} list`, 'names, addresses, how they answer and how many they hold']],
    async run(_args, _options, io) {
      const {directory} = await openAccounts(io);
      const listed = [...directory.list(type)].map(
        ({uids, guid, fullName, emails, autoScheduleMode, autoAcceptGroup, place}) => ({
          name: uids[0]!,
          guid,
          fullName,
          emails,
          autoScheduleMode,
          ...(autoAcceptGroup === undefined ? {} : {autoAcceptGroup: directory.findByGuid(autoAcceptGroup)!.uids[0]!}),
          ...(place ? {place} : {}),
        }),
      );
      const rows = listed.map(({name, fullName, emails, autoScheduleMode, place}) => [
        name,
        fullName,
        emails.join(', '),
        autoScheduleMode,
        place?.capacity === undefined ? '' : `${place.capacity} people`,
      ]);
      io.out.result(listed, rows.length > 0 ? columns(rows) : `There are no ${plain}s: caldav ${word} add NAME makes one.`);
      return 0;
    },
  };
}
