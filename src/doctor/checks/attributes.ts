import {asAccount} from '../as-account.ts';
import type {AttributesReport} from '../attributes-probe.ts';
import {type Check, type CheckResult, fail, ok, warn} from '../check.ts';

/** Extended attributes, tried as the account that serves: properties are kept in them. */
export const attributes: Check = {
  name: 'attributes',
  what: 'Extended attributes',
  applies: ({folders}) => folders.length > 0,
  async run({folders, account}) {
    const results: CheckResult[] = [];
    for (const {name, path} of folders) {
      results.push(judge(name, await asAccount(account, 'attributes', path), account?.name));
    }
    return results;
  },
};

/** Less than this leaves no room for the properties that clients set on a calendar: name, colour, order, time zone. */
const enoughBytes = 1024;

function judge(name: string, report: AttributesReport, account: string | undefined): CheckResult {
  const details = {...report};
  const who = account === undefined ? '' : ` as ${account}`;
  const where = report.probed === report.folder ? '' : ` (tried in ${report.probed})`;
  if (!report.works) {
    const byHand = report.failed?.step === 'load' ? '' : `; to try it by hand: \`${report.commands.set}\``;
    return fail(`${name}: ${report.problem}${who && ` (tried${who})`}`, report.fix + byHand, details);
  }
  const sizes = `${bytes(report.largestValueBytes, 65536)} a value, ${bytes(report.totalBytes, 262144)} a file`;
  if (report.largestValueBytes < enoughBytes) {
    return warn(`${name}: attributes work${where}, but hold little: ${sizes}`, 'use ext4, XFS, btrfs or ZFS', details);
  }
  return ok(
    `${name}: set, get, list, replace, rename and remove work${who}${where}; ${sizes}; to see them: \`${report.commands.get}\``,
    details,
  );
}

function bytes(count: number, measuredUpTo: number): string {
  return count >= measuredUpTo ? `${Math.floor(measuredUpTo / 1024)} KiB or more` : `${count} bytes`;
}
