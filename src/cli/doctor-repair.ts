import {UserError} from '../base/user-error.ts';
import {loadConfig} from '../config/load.ts';
import type {Repair} from '../doctor/check.ts';
import {type DoctorRequest, runRepairs} from '../doctor/run.ts';
import {findRunning} from '../doctor/running.ts';
import type {CommandIo} from './command.ts';
import {whileStopped} from './data-place.ts';

/**
 * Mends what the doctor can mend: shows what that is, and does it once it is agreed to. Answers what was done, or without agreement what
 * would be. Throws UserError where a server runs, or where nobody can be asked.
 */
export async function repairData(
  request: DoctorRequest & {readonly plist: NonNullable<DoctorRequest['plist']>},
  {agreed, dryRun}: {agreed: boolean; dryRun: boolean},
  {out}: CommandIo,
): Promise<readonly Repair[]> {
  const config = loadConfig(request.plist);
  const running = await findRunning(config);
  if (running) {
    throw new UserError(
      `The server runs, as process ${running.pid}: it takes in what was done by hand and writes out its journal by itself.`,
      'For the rest type: caldav stop, then caldav doctor --repair, and caldav run -d in the end.',
    );
  }
  return whileStopped(config, config.documentRoot, async () => {
    const planned = await runRepairs(request, true);
    if (dryRun || planned.length === 0) return planned;
    if (!agreed) {
      for (const {message} of planned) out.line(message);
      if (!(await agree(planned.length, out))) return planned;
    }
    return runRepairs(request, false);
  });
}

async function agree(many: number, {interactive}: CommandIo['out']): Promise<boolean> {
  // Without a terminal it only says what it would do.
  if (!interactive) return false;
  const {default: inquirer} = await import('inquirer');
  const message = many === 1 ? 'Do this?' : `Do these ${many}?`;
  const {yes} = await inquirer.prompt([{type: 'confirm', name: 'yes', message, default: false}]);
  return yes as boolean;
}

/** For people. */
export function printRepairs(repairs: readonly Repair[]): string {
  if (repairs.length === 0) return 'There is nothing to mend.';
  const lines = repairs.map(({state, message, reason}) => `${words[state]}${message}${reason ? ` (${reason})` : ''}`);
  const planned = repairs.some(({state}) => state === 'planned');
  return [...lines, ...(planned ? ['Nothing was done. To do it, type: caldav doctor --repair --yes'] : [])].join('\n');
}

const words: Record<Repair['state'], string> = {planned: 'would mend  ', done: 'mended  ', failed: 'NOT MENDED  '};
