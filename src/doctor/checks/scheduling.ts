import {parseDirectory, readAccounts} from '../../accounts/load.ts';
import type {Directory} from '../../accounts/principal.ts';
import {UserError} from '../../base/user-error.ts';
import type {Config} from '../../config/config.ts';
import {type Check, type CheckResult, ok, warn} from '../check.ts';

/** Whether invitations are delivered, and who cannot be invited by an address. */
export const scheduling: Check = {
  name: 'scheduling',
  what: 'Invitations',
  applies: ({config}) => config !== undefined,
  async run({config}) {
    const file = config!.directory.xmlFile;
    try {
      return judgeScheduling(config!, parseDirectory(await readAccounts(file), file));
    } catch (error) {
      // What is wrong with accounts.xml is told where that is looked at.
      if (error instanceof UserError) return [];
      throw error;
    }
  },
};

export function judgeScheduling(
  {enableImplicitScheduling, mail}: Pick<Config, 'enableImplicitScheduling' | 'mail'>,
  directory: Pick<Directory, 'list'>,
): CheckResult[] {
  if (!enableImplicitScheduling) {
    const off = 'invitations are delivered to nobody (EnableImplicitScheduling)';
    if (!mail.enabled) return [ok(off)];
    return [warn(`${off}, though those by e-mail are on`, 'caldav config set EnableImplicitScheduling true')];
  }
  const nameless = [...directory.list('users')].filter(({emails, calendars}) => calendars && emails.length === 0);
  const names = nameless.slice(0, mostNamed).map(({uids}) => uids[0]);
  const others = nameless.length > mostNamed ? ` and ${nameless.length - mostNamed} more` : '';
  const who = names.length > 0 ? `; without an e-mail address, and found by name alone: ${names.join(', ')}${others}` : '';
  return [ok(`invitations are delivered between the accounts${who}`)];
}

const mostNamed = 5;
