import {checkAccounts} from '../../accounts/check.ts';
import {parseDirectory, readAccounts} from '../../accounts/load.ts';
import {proxiesFileIn} from '../../accounts/proxies-file.ts';
import {UserError} from '../../base/user-error.ts';
import {asAccount} from '../as-account.ts';
import {type Check, type CheckResult, fail, ok, warn} from '../check.ts';
import {judgeDelegates} from '../delegates.ts';

/** accounts.xml: what does not hold together, and passwords that are in plain text or easy to guess; delegates who are gone. */
export const accounts: Check = {
  name: 'accounts',
  what: 'Accounts',
  applies: ({config}) => config !== undefined,
  async run({config, account}) {
    const file = config!.directory.xmlFile;
    try {
      const text = await readAccounts(file);
      const results = judge(file, text);
      if (results.some(({status}) => status === 'fail')) return results;
      const delegates = await asAccount(account, 'delegates', proxiesFileIn(config!.dataRoot));
      return [...results, ...judgeDelegates(delegates, parseDirectory(text, file))];
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
