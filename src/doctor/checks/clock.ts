import {randomUUID} from 'node:crypto';
import {stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {withTemporary} from '../../base/traces.ts';
import {tzdataVersion} from '../../ical/tzdata.ts';
import {type Check, type CheckResult, fail, ok, skipped, warn} from '../check.ts';
import {nearestExisting} from '../mounts.ts';

/** The clock, which sync tokens, certificates and recurring events rest on, and the time zone data. */
export const clock: Check = {
  name: 'clock',
  what: 'Clock and time zones',
  async run({folders, config}) {
    const results = [judgeTime(Date.now()), judgeZones(tzdataVersion, Date.now())];
    if (folders[0]) results.push(await checkFileClock(folders[0].path));
    const files = config ? [config.file, config.directory.xmlFile, config.logs.accessLogFile, config.logs.errorLogFile] : [];
    results.push(...(await checkSetBack([...folders.map(({path}) => path), ...files])));
    return results;
  },
};

/** No machine that runs this program lives before it was written. */
const written = Date.UTC(2026, 0, 1);
const absurd = Date.UTC(2100, 0, 1);

export function judgeTime(now: number): CheckResult {
  const shown = new Date(now).toISOString();
  if (now >= written && now < absurd) return ok(`it is ${shown}`);
  return fail(
    `the clock says ${shown}, which cannot be`,
    'set it: `timedatectl set-ntp true` (systemd), `sudo sntp -sS time.apple.com` (macOS); a board without a clock battery needs the network first',
  );
}

/** The edition, `2026f`, that came with this version: some country sets its clocks anew every year. */
export function judgeZones(edition: string, now: number): CheckResult {
  const years = new Date(now).getUTCFullYear() - Number.parseInt(edition, 10);
  if (years < 2) return ok(`time zone data ${edition} is there`);
  return warn(`time zone data ${edition} is ${years} years old`, 'update caldav: newer data come with it');
}

/** A file server with a clock of its own stamps files with times that are not ours. */
async function checkFileClock(folder: string): Promise<CheckResult> {
  try {
    const parent = await nearestExisting(folder);
    return await withTemporary(join(parent, `.caldav-doctor-${randomUUID()}`), async file => {
      const before = Date.now();
      await writeFile(file, '', {flag: 'wx', mode: 0o600});
      return judgeFileClock((await stat(file)).mtimeMs, before, Date.now());
    });
  } catch (error) {
    return skipped(`the file system's clock was not compared: ${(error as Error).message}`);
  }
}

export function judgeFileClock(stamped: number, before: number, after: number): CheckResult {
  const apart = stamped < before ? before - stamped : Math.max(0, stamped - after);
  if (apart <= 2000) return ok("the file system's clock agrees");
  return warn(
    `the file system's clock is ${Math.round(apart / 1000)} s apart from this machine's`,
    'set both clocks by NTP: `timedatectl set-ntp true` on the file server too',
  );
}

/** What was last changed at a time that has not come yet was written before the clock went back: sync tokens would go back with it. */
async function checkSetBack(paths: readonly string[]): Promise<CheckResult[]> {
  const times = await Promise.all(
    paths.map(path =>
      stat(path).then(
        ({mtimeMs}) => ({path, changed: mtimeMs}),
        () => undefined,
      ),
    ),
  );
  return judgeSetBack(
    times.filter(time => time !== undefined),
    Date.now(),
  );
}

export function judgeSetBack(times: readonly {path: string; changed: number}[], now: number): CheckResult[] {
  const latest = times.reduce((a, b) => (b.changed > a.changed ? b : a), {path: '', changed: 0});
  if (latest.changed <= now + 60_000)
    return times.length > 0 ? [ok('the clock has not gone back since the files were written')] : [];
  const when = new Date(latest.changed).toISOString();
  return [
    warn(
      `${latest.path} was changed at ${when}, which has not come yet: the clock has gone back`,
      'set the clock by NTP (`timedatectl set-ntp true`); changes are counted on from the latest time known, so clients lose nothing',
      {file: latest.path, changed: when},
    ),
  ];
}
