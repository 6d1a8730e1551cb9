import type {ServerStatus} from '../../server/stats.ts';
import type {Command} from '../command.ts';
import {WrongUsage} from '../wrong-usage.ts';

export const status: Command = {
  name: 'status',
  summary: 'say whether the server runs, and where',
  options: [{flags: '-w, --wait <seconds>', description: 'wait so long for it to answer', parse: seconds}],
  examples: [
    ['caldav status', 'addresses, processes and what they do; exit code 1 where none runs'],
    ['caldav status --wait 10', 'for scripts: comes back when it answers, fails when it does not'],
    ['caldav status --json', 'each process with its pid and uid, and all counts'],
  ],
  async run(_args, {wait = 0}, io) {
    const {findStatus} = await import('../../server/stop.ts');
    const {loadMeeting, printStatus} = await import('../running.ts');
    const end = Date.now() + (wait as number) * 1000;
    let found: ServerStatus | undefined;
    for (;;) {
      const meeting = loadMeeting(io);
      found = await findStatus(meeting);
      if (found?.state === 'ready' || Date.now() >= end) break;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    if (found) io.out.result(found, printStatus(found));
    else io.out.result({state: 'stopped'}, `No server runs in ${io.dir}.`);
    return found?.state === 'ready' ? 0 : 1;
  },
};

function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new WrongUsage(`${JSON.stringify(text)} is no number of seconds.`, 'Write for example: --wait 10');
  return value;
}
