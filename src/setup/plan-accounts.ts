import {UserError} from '../base/user-error.ts';
import type {Answers} from './answers.ts';
import type {Found} from './found.ts';
import type {PlannedAccount, PlannedPath} from './planned.ts';

/**
 * The administrator and the first user, who may be one; none where accounts.xml is kept. An account that was there under the same
 * name keeps its GUID, and so its calendars. Throws UserError where an account is asked for that a kept file does not have.
 */
export function planAccounts(answers: Answers, found: Found, file: PlannedPath, remarks: string[]): PlannedAccount[] {
  const {accounts, machine, unfinished} = found;
  if (file.action === 'keep') {
    for (const name of [answers.admin, answers.user]) {
      if (name === undefined || accounts === undefined || accounts.has(name)) continue;
      throw new UserError(`${file.path} is there already and has no account ${name}.`, `Type: caldav user add ${name}`);
    }
    if (!found.config) remarks.push(`${file.path} is there already: its accounts and passwords stay.`);
    return [];
  }
  if (file.action === 'replace' && !unfinished && accounts) {
    remarks.push(
      `${file.path} is written anew: of its ${accounts.size} accounts only those named here come back, with new passwords. The old file is kept beside it.`,
    );
  }
  const admin = answers.admin ?? 'admin';
  const user = answers.user ?? (accountName(machine.login) || 'user');
  return [...new Set([admin, user])].map(name => {
    const before = accounts?.get(name);
    return {
      name,
      fullName: before?.fullName || (name === admin && name !== user ? 'Administrator' : name),
      admin: name === admin,
      ...(before && {guid: before.guid}),
    };
  });
}

/** A login name as a name for an account here: what would have to be quoted in a URL or a client is left out. */
export function accountName(login: string | undefined): string {
  return (login ?? '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/^.*\\/, '') // a Windows domain
    .replace(/[^\p{L}\p{N}._-]+/gu, '');
}
