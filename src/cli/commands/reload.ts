import {UserError} from '../../base/user-error.ts';
import type {ReloadReport} from '../../server/reload.ts';
import type {Command} from '../command.ts';

export const reload: Command = {
  name: 'reload',
  summary: 'read configuration, accounts and certificates anew',
  options: [],
  examples: [['caldav reload', 'drops no connection; the server also notices changes to these files by itself']],
  async run(_args, _options, io) {
    const {askControl} = await import('../../server/control.ts');
    const {loadMeeting} = await import('../running.ts');
    const report = (await askControl(loadMeeting(io).controlSocket, 'reload', 30_000)) as ReloadReport | undefined;
    if (!report) throw new UserError('No server runs here.', 'Start one with: caldav run');
    io.out.result(report, report.changed.length > 0 ? `Read anew: ${report.changed.join(', ')}.` : 'Nothing has changed.');
    for (const note of report.notes) io.out.note(note);
    for (const {message, fix} of report.problems) io.out.note(`caldav: ${message} What was read before stays in force.\n${fix}`);
    return report.problems.length > 0 ? 1 : 0;
  },
};
