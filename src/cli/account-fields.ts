import {isUuid, normalGuid} from '../accounts/guid.ts';
import {loginNameProblem} from '../accounts/names.ts';
import type {Principal} from '../accounts/principal.ts';
import {UserError} from '../base/user-error.ts';
import {type Accounts, accountTypes} from './open-accounts.ts';
import {WrongUsage} from './wrong-usage.ts';

/** A short name for a new account. Throws WrongUsage where it cannot be one, UserError where it is taken. */
export function checkNewName({directory, file}: Accounts, name: string): string {
  const uid = name.normalize('NFC');
  const problem = loginNameProblem(uid);
  if (problem) throw new WrongUsage(`The name ${JSON.stringify(uid)} ${problem}.`, 'Choose one like ann or ann@example.com.');
  const all = accountTypes.flatMap(type => [...directory.list(type)]);
  const taken = all.flatMap(({uids}) => uids).find(other => other.toLowerCase() === uid.toLowerCase());
  if (taken !== undefined && taken !== uid) {
    throw new UserError(`There is an account “${taken}” already, which phones would take for the same.`, 'Choose another name.');
  }
  if (taken !== undefined) {
    const fix = `caldav user show ${uid} shows it, caldav user edit and caldav user passwd change it.`;
    throw new UserError(`There is an account “${uid}” in ${file} already.`, fix);
  }
  const other = directory.findByAddress(`mailto:${uid}`);
  if (other)
    throw new UserError(`“${uid}” is an e-mail address of “${other.uids[0]}”, who logs in with it.`, 'Choose another name.');
  return uid;
}

/** A GUID for a new account. Throws WrongUsage where it is no UUID, UserError where another has it. */
export function checkGuid({directory}: Accounts, guid: string): string {
  if (!isUuid(guid)) throw new WrongUsage(`“${guid}” is no GUID.`, 'It looks like 5A985493-EE2C-4665-94CF-4DFEA3A89500.');
  const other = directory.findByGuid(guid);
  if (other) throw new UserError(`“${other.uids[0]}” has the GUID ${guid} already.`);
  return normalGuid(guid);
}

/** E-mail addresses in the form they are stored in. Throws WrongUsage for what is none, UserError for one that another has. */
export function checkEmails({directory}: Accounts, emails: readonly string[], owner?: Principal): string[] {
  const normal = [
    ...new Set(
      emails
        .map(email =>
          email
            .trim()
            .replace(/^mailto:/i, '')
            .normalize('NFC')
            .toLowerCase(),
        )
        .filter(Boolean),
    ),
  ];
  for (const email of normal) {
    if (!/^[^\s@:/<>"\p{Cc}]+@[^\s@/<>"\p{Cc}]+$/u.test(email)) throw new WrongUsage(`“${email}” is no e-mail address.`);
    const other = directory.findByAddress(`mailto:${email}`);
    if (other && other.guid !== owner?.guid) {
      throw new UserError(
        `“${other.uids[0]}” has the address ${email} already.`,
        'Give another, or take it from that account first.',
      );
    }
  }
  return normal;
}

/** A name for people. Throws WrongUsage where it has what XML cannot carry. */
export function checkText(text: string): string {
  const plain = text.trim().normalize('NFC');
  if (/[\p{Cc}\ufffe\uffff]/u.test(plain) || !plain.isWellFormed())
    throw new WrongUsage('A name cannot have control characters in it.');
  return plain;
}

/** For an option that may be given several times. */
export function several(value: string, before: unknown): string[] {
  return [...((before as string[] | undefined) ?? []), value];
}
