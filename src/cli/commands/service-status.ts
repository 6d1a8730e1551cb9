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
    const {UserError} = await import('../../base/user-error.ts');
    const {loadConfig} = await import('../../config/load.ts');
    const {chooseService} = await import('../service/choose-service.ts');
    const {render} = await import('../service/look-after.ts');
    const {findServiceFile} = await import('../service/service-file.ts');
    const chosen = chooseService(options);
    const {name, manager} = chosen;
    const found = findServiceFile(manager.file);
    if (found.kind === 'none') {
      io.out.result({name, file: manager.file, installed: false}, `There is no service ${name}. Make it: caldav service install`);
      return 1;
    }
    const state = await manager.state();
    const mark = found.kind === 'ours' ? found.mark : undefined;
    const wanted = async () => (await render(chosen, loadConfig({file: io.configFile, folder: io.dir}), () => {})).text;
    const current =
      found.kind === 'ours' &&
      (await wanted().catch(error => {
        if (!(error instanceof UserError)) throw error;
        return undefined;
      })) === found.text;
    const say = {
      foreign: 'It was not made by caldav service install.',
      edited: 'It has been changed by hand since it was installed.',
      ours: current ? 'It is up to date.' : 'It is not what would be installed today: caldav service install renews it.',
    };
    const lines = [
      `${manager.file}${mark ? ` starts the server in ${mark.folder}` : ''}.`,
      say[found.kind],
      `${state.enabled ? 'The machine starts it' : 'The machine does not start it'}; it ${state.active ? 'runs' : 'does not run'} now.`,
    ];
    io.out.result(
      {name, file: manager.file, installed: true, made: found.kind, folder: mark?.folder ?? null, current, ...state},
      lines.join('\n'),
    );
    return 0;
  },
};
