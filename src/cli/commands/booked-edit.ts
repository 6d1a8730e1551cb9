import {editAccounts, setElements} from '../../accounts/edit.ts';
import {type Booked, bookedOptions, elementsOf, location, readBooked, resource} from '../booked.ts';
import type {Command} from '../command.ts';
import {openAccounts, requireBooked} from '../open-accounts.ts';
import {WrongUsage} from '../wrong-usage.ts';

export const locationEdit = bookedEdit(location);
export const resourceEdit = bookedEdit(resource);

function bookedEdit({word, type, plain, example}: Booked): Command {
  return {
    name: `${word} edit <name>`,
    summary: `change what a ${plain} is called, where it is, and how it answers`,
    options: bookedOptions,
    examples: [
      [`caldav ${word} edit ${example} --auto-schedule accept-if-free`, 'somebody answers where it is taken'],
      [`caldav ${word} edit ${example} --auto-accept-group staff`, 'what the group staff books is always answered'],
      [`caldav ${word} edit ${example} --floor ""`, 'takes it away; an empty e-mail address or group likewise'],
    ],
    async run([name], options, io) {
      const accounts = await openAccounts(io);
      const principal = requireBooked(accounts, type, name as string);
      const changes = readBooked(accounts, options, principal);
      if (Object.keys(changes).length === 0) {
        throw new WrongUsage('There is nothing to change.', `caldav ${word} edit --help shows what can be.`);
      }
      const {file} = accounts;
      const record = {type, uid: principal.uids[0]!};
      const changed = await editAccounts(file, text =>
        Object.entries(changes).reduce(
          (before, [element, texts]) => setElements(before, file, record, element, elementsOf({[element]: texts})),
          text,
        ),
      );
      io.out.result({name: record.uid, changed}, changed ? `${record.uid} is changed.` : `${record.uid} was so already.`);
      return 0;
    },
  };
}
