import {checkAccounts} from '../../accounts/check.ts';
import {readAccounts} from '../../accounts/load.ts';
import {UserError} from '../../base/user-error.ts';
import {type Check, type CheckResult, fail, ok, warn} from '../check.ts';

/** accounts.xml: what does not hold together, and passwords that are in plain text or easy to guess. */
export const accounts: Check = {
  name: 'accounts',
  what: 'Accounts',
  applies: ({config}) => config !== undefined,
  async run({config}) {
    const file = config!.directory.xmlFile;
    try {
      return judge(file, await readAccounts(file));
    } catch (error) {
      if (error instanceof UserError) return [fail(error.message, error.fix)];
      throw error;
    }
  },
};

export function judge(file: string, text: string): CheckResult[] {
  const findings = checkAccounts(text, file);
  if (findings.length === 0) return [ok(`${file} holds together, and its passwords are safe`)];
  return findings.map(({level, line, message, fix}) =>
    (level === 'error' ? fail : warn)(`${file}, line ${line}: ${message}`, fix, {line}),
  );
}
