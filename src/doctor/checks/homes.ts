import {existsSync} from 'node:fs';
import {asAccount} from '../as-account.ts';
import {type Check, type CheckResult, fail, ok, warn} from '../check.ts';
import {type HomesFault, type HomesReport, mostListed} from '../homes.ts';
import {findRunning} from '../running.ts';

/** The calendars themselves: every object can be read, no UID comes twice, and the index says what the files say. */
export const homes: Check = {
  name: 'homes',
  what: 'Calendars',
  applies: ({config}) => config !== undefined,
  async run({config, account}) {
    const {documentRoot} = config!;
    if (!existsSync(documentRoot)) return [ok(`${documentRoot} is not there yet: there are no calendars`)];
    const report = await asAccount(account, 'homes', documentRoot);
    return judge(report, (await findRunning(config!)) !== undefined);
  },
  async repair({config, account}, dry) {
    const root = config!.documentRoot;
    return existsSync(root) ? asAccount(account, 'repairHomes', {root, dry}) : [];
  },
};

/** `running`: the server will see to its journal by itself. */
export function judge({counts, found}: HomesReport, running: boolean): CheckResult[] {
  const results: CheckResult[] = [];
  const list = (fault: HomesFault) => {
    const shown = found[fault].slice(0, 5);
    const more = counts[fault] - shown.length;
    return [...shown, ...(more > 0 ? [`${more} more`] : [])].join('; ');
  };
  const details = (fault: HomesFault) => ({count: counts[fault], found: found[fault], listedAtMost: mostListed});
  if (counts.damaged > 0) {
    const fix =
      'Mend each file with an editor, bring it back from a backup, or move it away: it is left in place and not served.';
    results.push(fail(`damaged: ${list('damaged')}`, fix, details('damaged')));
  }
  if (counts.doubled > 0) {
    const fix = 'Compare the two and move one of them away: some clients stop where a UID comes twice.';
    results.push(fail(`doubled: ${list('doubled')}`, fix, details('doubled')));
  }
  if (counts.badIndex > 0) {
    const fix =
      'Nothing need be done: at the next start or by `caldav doctor --repair`, it is made anew from the files, and clients sync from the beginning.';
    results.push(warn(`an index cannot be used: ${list('badIndex')}`, fix, details('badIndex')));
  }
  if (counts.differing > 0) {
    const fix = 'Nothing need be done if that was done by hand: the server takes it in when it next looks.';
    results.push(warn(`files that their index does not know as they are: ${list('differing')}`, fix, details('differing')));
  }
  if (counts.pending > 0 && !running) {
    const message = `${counts.pending} changes are safe in the journal, but not yet in the files: the server has not stopped by itself`;
    const fix = 'Start it, `caldav run` writes them out; or type `caldav doctor --repair`.';
    results.push(warn(message, fix, {pending: counts.pending}));
  }
  if (counts.leftover > 0 && !running) {
    const fix = 'Type `caldav doctor --repair`: it removes what was half made and puts the rest aside.';
    results.push(warn(`left over by a server that was cut off, harmless: ${list('leftover')}`, fix, details('leftover')));
  }
  if (results.length > 0) return results;
  const size = `${(counts.bytes / 1024 / 1024).toLocaleString('en', {maximumFractionDigits: 1})} MiB`;
  const all = `${counts.homes} homes, ${counts.collections} collections, ${counts.objects} objects, ${size}`;
  return [ok(`${all}: all can be read, and index and files agree`, counts)];
}
