import {UserError} from '../../base/user-error.ts';
import type {Command} from '../command.ts';
import {serviceOptions} from '../service/choose-service.ts';

export const serviceStatus: Command = {
  name: 'service status',
  summary: 'say whether the machine starts the server',
  options: serviceOptions,
  examples: [
    ['caldav service status', 'the file, whether it is up to date, starts with the machine and runs; exit code 1 where none is'],
    ['caldav service status --json', 'the same for programs'],
  ],
  async run(_args, options, io) {
    const {loadConfig} = await import('../../config/load.ts');
    const {chooseToLook} = await import('../service/choose-service.ts');
    const {render} = await import('../service/look-after.ts');
    const {findServiceFile} = await import('../service/service-file.ts');
    const chosen = chooseToLook(options);
    const {name, manager} = chosen;
    const found = findServiceFile(manager.file);
    if (found.kind === 'none') {
      io.out.result({name, file: manager.file, installed: false}, `There is no service ${name}. Make it: caldav service install`);
      return 1;
    }
    const state = await manager.state();
    const mark = found.kind === 'ours' ? found.mark : undefined;
    const wanted = async () => (await render(chosen, loadConfig({file: io.configFile, folder: io.dir}), () => {})).text;
    // What it depends on, root alone may read.
    const knows = found.kind === 'ours' && (chosen.own || process.geteuid?.() === 0);
    const current = knows ? await wanted().then(text => text === found.text, unlessOurs) : undefined;
    const renew = `caldav service install${name === 'caldav' ? '' : ` --name ${name}`} renews it`;
    const say = {
      foreign: 'It was not made by caldav service install.',
      edited: 'It has been changed by hand since it was installed.',
      ours:
        current === undefined
          ? 'Ask as root whether it is up to date.'
          : current
            ? 'It is up to date.'
            : `It is not what would be installed today: ${renew}.`,
    };
    const lines = [
      `${manager.file}${mark ? ` starts the server in ${mark.folder}` : ''}.`,
      say[found.kind],
      `${state.enabled ? 'The machine starts it' : 'The machine does not start it'}; it ${state.active ? 'runs' : 'does not run'} now.`,
    ];
    io.out.result(
      {
        name,
        file: manager.file,
        installed: true,
        made: found.kind,
        folder: mark?.folder ?? null,
        current: current ?? null,
        ...state,
      },
      lines.join('\n'),
    );
    return 0;
  },
};

/** A folder from which nothing can be installed any more. */
function unlessOurs(error: unknown): false {
  if (error instanceof UserError) return false;
  throw error;
}
