import {UserError} from '../../base/user-error.ts';
import {currentIdentity, type Identity, planAccount} from '../../server/privileges.ts';
import {type Check, type CheckResult, fail, ok, warn} from '../check.ts';

/** Whom the server runs as: never root. */
export const account: Check = {
  name: 'account',
  what: 'Account',
  applies: ({config}) => config !== undefined,
  async run({config}) {
    return [judge(config!, currentIdentity())];
  },
};

/** What the server would say when started by this identity. */
export function judge(names: {userName: string; groupName: string}, identity: Identity): CheckResult {
  let warning: string | undefined;
  try {
    const becomes = planAccount(names, identity, sentence => {
      warning = sentence;
    });
    if (warning) return warn(warning, `Start it as root, or as ${names.userName}.`);
    return ok(becomes ? `started by root, the server becomes ${becomes.name}` : `the server runs as ${identity.name}`);
  } catch (error) {
    if (error instanceof UserError) return fail(error.message, error.fix);
    throw error;
  }
}
