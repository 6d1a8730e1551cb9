import {existsSync} from 'node:fs';
import type {Directory} from '../accounts/principal.ts';
import type {Delegation} from '../accounts/proxies.ts';
import {openProxiesFile} from '../accounts/proxies-file.ts';
import {UserError} from '../base/user-error.ts';
import {type CheckResult, fail, warn} from './check.ts';

/** What owners have set of who acts for them, or why it cannot be read; a file that is not there is not made. */
export async function inspectDelegates(
  file: string,
): Promise<readonly Delegation[] | {readonly message: string; readonly fix: string}> {
  if (!existsSync(file)) return [];
  try {
    using proxies = openProxiesFile(file);
    return proxies.list();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {message: error.message, fix: error.fix};
  }
}

/** Names those whose accounts are gone: they have no effect, but for an account that gets the same GUID they would. */
export function judgeDelegates(found: Awaited<ReturnType<typeof inspectDelegates>>, directory: Directory): CheckResult[] {
  if ('message' in found) return [fail(found.message, found.fix)];
  const name = (guid: string) => directory.findByGuid(guid)?.uids[0] ?? guid;
  return found
    .filter(({owner, member}) => !directory.findByGuid(owner) || !directory.findByGuid(member))
    .map(({owner, member}) =>
      warn(
        `${name(member)} acts for ${name(owner)}, but ${directory.findByGuid(owner) ? name(member) : name(owner)} is no longer there`,
        `caldav proxy remove ${name(owner)} ${name(member)}`,
      ),
    );
}
