import type {Command} from '../command.ts';
import {serviceOptions} from '../service/choose-service.ts';

export const serviceUninstall: Command = {
  name: 'service uninstall',
  summary: 'no longer have the machine start the server',
  options: [...serviceOptions, {flags: '--force', description: 'remove a file that is somebody’s own, or another server’s'}],
  examples: [
    ['caldav service uninstall', 'stops the service and removes its file; the server’s folder stays as it is'],
    ['sudo caldav service uninstall --dir /srv/old', 'the service of a folder that is gone'],
  ],
  async run(_args, options, io) {
    const {chooseService} = await import('../service/choose-service.ts');
    const {uninstall} = await import('../service/look-after.ts');
    const chosen = chooseService(options);
    const removed = await uninstall(chosen, io.dir, Boolean(options.force));
    const {file} = chosen.manager;
    io.out.result(
      {name: chosen.name, file, removed},
      removed ? `Stopped, and removed ${file}.` : `There is no service ${chosen.name} (${file}).`,
    );
    return 0;
  },
};
