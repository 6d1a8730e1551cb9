import {asAccount} from '../as-account.ts';
import {type Check, type CheckResult, ok, skipped, warn} from '../check.ts';
import type {SyncSpeed} from '../sync-speed.ts';

/** How fast the disk makes a write durable: a PUT is answered only then. */
export const syncSpeed: Check = {
  name: 'sync-speed',
  what: 'Durable writes',
  applies: ({folders}) => folders.length > 0,
  async run({folders: [first], account}) {
    const {name, path} = first!;
    try {
      return [judge(name, await asAccount(account, 'sync', path))];
    } catch (error) {
      return [skipped(`${name}: no file could be written there (${(error as Error).message})`)];
    }
  },
};

/** A spinning disk needs about 20 ms, a memory card 50 and more. */
export function judge(name: string, speed: SyncSpeed): CheckResult {
  const message = `${name}: ${speed.medianMs} ms to write a file and be sure of it (slowest of ${speed.rounds}: ${speed.slowestMs} ms)`;
  if (speed.medianMs <= 50) return ok(message, {...speed});
  return warn(
    `${message}: slow, every change a client makes waits that long`,
    'put the data on a solid-state disk of this machine, not on a memory card or a network share',
    {...speed},
  );
}
