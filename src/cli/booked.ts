import {findAutoScheduleMode, modeNames} from '../accounts/auto-schedule-mode.ts';
import {placeRows} from '../accounts/place.ts';
import type {Principal, PrincipalType} from '../accounts/principal.ts';
import type {NewElement} from '../accounts/splice.ts';
import {checkEmails, checkText, several} from './account-fields.ts';
import type {Option} from './command.ts';
import {type Accounts, requireGroup} from './open-accounts.ts';
import {WrongUsage} from './wrong-usage.ts';

/** What is invited to be used: a room, or a thing. */
export interface Booked {
  /** As the command calls it. */
  readonly word: 'location' | 'resource';
  readonly type: PrincipalType;
  /** As people call it. */
  readonly plain: string;
  readonly example: string;
}

export const location: Booked = {word: 'location', type: 'locations', plain: 'room', example: 'attic'};
export const resource: Booked = {word: 'resource', type: 'resources', plain: 'thing', example: 'projector'};

/** Where it is and how many it holds, by option. */
const placeOptions = placeRows.map(row => ({
  row,
  flag: row.key === 'geographicLocation' ? 'geo' : row.element,
  key: row.key === 'geographicLocation' ? 'geo' : row.key,
}));

/** The options that `add` and `edit` have in common. */
export const bookedOptions: readonly Option[] = [
  {flags: '--full-name <text>', description: 'the name that others see'},
  {flags: '--email <address>', description: 'an e-mail address to invite it by; may be given several times', parse: several},
  {flags: '--auto-schedule <mode>', description: `which invitations it answers itself: ${modeNames.join(', ')}`},
  {flags: '--auto-accept-group <group>', description: 'a group whose members are accepted where it is free, whatever the mode'},
  ...placeOptions.map(({row, flag}) => ({flags: `--${flag} <${row.key === 'capacity' ? 'n' : 'text'}>`, description: row.does})),
];

/**
 * What each element of the record should hold from now on, of the options that were given; `''` is an empty element. Throws WrongUsage for
 * what is none, UserError for an address that another has or a group that is not there.
 */
export function readBooked(
  accounts: Accounts,
  options: Readonly<Record<string, unknown>>,
  owner?: Principal,
): Record<string, string[]> {
  const texts: Record<string, string[]> = {};
  if (options.fullName !== undefined) {
    const text = checkText(options.fullName as string);
    if (!text) throw new WrongUsage('The full name cannot be empty.');
    texts.name = [text];
  }
  if (options.email !== undefined) texts['email-address'] = checkEmails(accounts, options.email as string[], owner);
  if (options.autoSchedule !== undefined) Object.assign(texts, modeElements(options.autoSchedule as string));
  if (options.autoAcceptGroup !== undefined) {
    const name = (options.autoAcceptGroup as string).trim();
    texts['auto-accept-group'] = name ? [requireGroup(accounts, name).uids[0]!] : [];
  }
  for (const {row, flag, key} of placeOptions) {
    if (options[key] === undefined) continue;
    const text = checkText(String(options[key]));
    const problem = text ? row.problem?.(text) : undefined;
    if (problem) throw new WrongUsage(`“${text}” ${problem}.`, `--${flag} is ${row.does}.`);
    texts[row.element] = text ? [text] : [];
  }
  return texts;
}

/** A mode, said as the 2009 server knows it where it does. Throws WrongUsage where there is none of that name. */
function modeElements(name: string): Record<string, string[]> {
  const mode = findAutoScheduleMode(name.trim());
  if (!mode) throw new WrongUsage(`There is no mode “${name}”.`, `It may be ${modeNames.join(', ')}.`);
  const isPlain = mode === 'automatic' || mode === 'none';
  return {'auto-schedule': mode === 'automatic' ? [''] : [], 'auto-schedule-mode': isPlain ? [] : [mode]};
}

export function elementsOf(texts: Readonly<Record<string, readonly string[]>>): NewElement[] {
  return Object.entries(texts).flatMap(([name, values]) => values.map(text => (text === '' ? {name} : {name, text})));
}
