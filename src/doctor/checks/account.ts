import {userInfo} from 'node:os';
import {lookUpAccount} from '../account.ts';
import {type Check, type CheckResult, fail, ok, warn} from '../check.ts';

/** Whom the server runs as: never root. */
export const account: Check = {
  name: 'account',
  what: 'Account',
  applies: ({config}) => config !== undefined,
  async run({config}) {
    const name = config!.userName;
    return [
      judge(userInfo().username, process.geteuid?.() === 0, name, name === '' || (await lookUpAccount(name)) !== undefined),
    ];
  },
};

/** `wanted` is UserName, `there` whether the system knows it. */
export function judge(current: string, root: boolean, wanted: string, there: boolean): CheckResult {
  if (root && wanted === '') {
    return fail(
      'started by root, the server refuses to serve: UserName is empty',
      '`caldav setup --run-as caldav` makes a system account for it, or start it as an ordinary account',
    );
  }
  if (!there) {
    return fail(
      `there is no account ${wanted}, which UserName names`,
      `\`useradd --system --no-create-home --shell /usr/sbin/nologin ${wanted}\`, or \`caldav config set UserName NAME\``,
    );
  }
  if (wanted === 'root') return fail('UserName is root: the server would keep all rights', '`caldav setup --run-as caldav`');
  if (root) return ok(`started by root, the server becomes ${wanted}`);
  if (wanted !== '' && wanted !== current) {
    return warn(`started by ${current}, the server cannot become ${wanted}: only root can`, `start it as root, or as ${wanted}`);
  }
  return ok(`the server runs as ${current}`);
}
