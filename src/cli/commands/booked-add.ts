import {randomUUID} from 'node:crypto';
import {autoScheduleModes, modeNames} from '../../accounts/auto-schedule-mode.ts';
import {addRecord, editAccounts, memberElement} from '../../accounts/edit.ts';
import {checkGuid, checkNewName, several} from '../account-fields.ts';
import {type Booked, bookedOptions, elementsOf, location, readBooked, resource} from '../booked.ts';
import type {Command} from '../command.ts';
import {openAccounts, requireMember} from '../open-accounts.ts';

export const locationAdd = bookedAdd(location);
export const resourceAdd = bookedAdd(resource);

/** Adds a room or thing, which needs no password: whoever books it invites it. */
function bookedAdd({word, type, plain, example}: Booked): Command {
  return {
    name: `${word} add <name>`,
    summary: `add a ${plain} that is booked by inviting it`,
    options: [
      ...bookedOptions,
      {flags: '--proxy <name>', description: 'who keeps its calendar; may be given several times', parse: several},
      {flags: '--read-only-proxy <name>', description: 'who may look into it; may be given several times', parse: several},
      {flags: '--guid <guid>', description: 'its GUID, to have calendars again that were kept (default: a new one)'},
    ],
    examples: [
      [`caldav ${word} add ${example}`, 'asks for the rest'],
      [`caldav ${word} add ${example} --auto-schedule automatic --email ${example}@example.com`, 'asks nothing'],
      [`caldav ${word} add ${example} --auto-schedule none --proxy ann`, 'ann answers for it'],
    ],
    async run([name], options, io) {
      const accounts = await openAccounts(io);
      const uid = checkNewName(accounts, name as string);
      const guid = options.guid === undefined ? randomUUID().toUpperCase() : checkGuid(accounts, options.guid as string);
      const members = (key: string) =>
        ((options[key] as string[] | undefined) ?? []).map(member => requireMember(accounts, member));
      const lists = {proxies: members('proxy'), 'read-only-proxies': members('readOnlyProxy')};
      const standard = {fullName: uid, autoSchedule: 'automatic'};
      const given = readBooked(accounts, {...standard, ...options});
      const texts =
        io.out.interactive && !isSaid(options)
          ? readBooked(accounts, {...standard, ...options, ...(await ask(uid, type))})
          : given;
      await editAccounts(accounts.file, text =>
        addRecord(text, accounts.file, type, [
          {name: 'uid', text: uid},
          {name: 'guid', text: guid},
          ...elementsOf(texts),
          ...Object.entries(lists)
            .filter(([, principals]) => principals.length > 0)
            .map(([list, principals]) => ({
              name: list,
              children: principals.map(principal => memberElement({type: principal.type, uid: principal.uids[0]!})),
            })),
        ]),
      );
      const {directory} = await openAccounts(io);
      const {fullName, emails, autoScheduleMode, place} = directory.findByGuid(guid)!;
      const value = {name: uid, guid, fullName, emails, autoScheduleMode, ...(place ? {place} : {})};
      const does = autoScheduleModes[autoScheduleMode];
      io.out.result(value, `${fullName} can now be invited: ${emails[0] ? `as ${emails[0]}; ` : ''}${does}.`);
      return 0;
    },
  };
}

/** Whoever says how it answers, or how it is reached, has made up their mind. */
function isSaid({autoSchedule, email}: Readonly<Record<string, unknown>>): boolean {
  return autoSchedule !== undefined || email !== undefined;
}

async function ask(uid: string, type: string): Promise<Record<string, unknown>> {
  const {default: inquirer} = await import('inquirer');
  const answers = await inquirer.prompt([
    {type: 'input', name: 'fullName', message: 'Full name:', default: uid},
    {type: 'input', name: 'email', message: 'E-mail address to invite it by, if any:'},
    {
      type: 'select',
      name: 'autoSchedule',
      message: 'Invitations:',
      choices: modeNames.map(mode => ({name: `${mode}: ${autoScheduleModes[mode]}`, value: mode})),
      default: 'automatic',
    },
    ...(type === 'locations'
      ? [{type: 'input' as const, name: 'capacity', message: 'How many people it holds, if that matters:'}]
      : []),
  ]);
  return {...answers, email: String(answers.email).split(/[\s,]+/)};
}
