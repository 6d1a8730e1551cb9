import {resolve} from 'node:path';
import {loadConfig} from '../../config/load.ts';
import type {Command} from '../command.ts';
import {moveData, planMove} from '../data-move/move.ts';

export const dataMove: Command = {
  name: 'data move <new>',
  summary: 'move the calendars to another place',
  options: [{flags: '--dry-run', description: 'say what would be moved; change nothing'}],
  examples: [
    [
      'caldav data move /mnt/disk/calendars',
      'copies, compares every byte and attribute, changes the plist, then removes the old',
    ],
    ['caldav data move /mnt/disk/calendars --dry-run', 'says what would be moved'],
  ],
  async run([given], {dryRun}, io) {
    const config = loadConfig({file: io.configFile, folder: io.dir});
    const to = resolve(given as string);
    const plan = await planMove(to, config);
    const {from, keys, isDone} = plan;
    const paths = {from, to, ...Object.fromEntries(keys)};
    const named = [...keys].map(([key, path]) => `${key} ${path}`).join(', ');
    if (dryRun) {
      const what = isDone ? `remove what is left in ${from}` : `move ${from} to ${to}; the configuration would say ${named}`;
      io.out.result(paths, `This would ${what}.`);
      return 0;
    }
    const {entries, bytes} = await moveData(plan, config, io);
    io.out.result(
      {...paths, entries, bytes},
      `${from} is in ${to} now, compared byte by byte; the configuration says ${named}.\nStart the server: caldav run -d`,
    );
    return 0;
  },
};
