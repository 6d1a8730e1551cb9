import type {Command} from '../command.ts';
import {serviceOptions} from '../service/choose-service.ts';

export const serviceInstall: Command = {
  name: 'service install',
  summary: 'have the machine start the server',
  options: [
    ...serviceOptions,
    {flags: '--now', description: 'start it at once, too'},
    {flags: '--dry-run', description: 'print the service’s file and change nothing'},
    {flags: '--force', description: 'replace a file that is somebody’s own, or another server’s'},
  ],
  examples: [
    ['caldav service install', 'has it started when this account logs in'],
    ['sudo caldav service install --now', 'starts the server now and with the machine'],
    ['caldav service install --dry-run', 'shows the systemd unit, or launchd’s property list'],
    ['sudo caldav service install --name caldav-family --dir /srv/family', 'a second server on one machine'],
  ],
  async run(_args, options, io) {
    const {UserError} = await import('../../base/user-error.ts');
    const {loadConfig} = await import('../../config/load.ts');
    const {findStatus} = await import('../../server/stop.ts');
    const {chooseService} = await import('../service/choose-service.ts');
    const {install, render} = await import('../service/look-after.ts');
    const chosen = chooseService(options);
    const {name, manager} = chosen;
    const config = loadConfig({file: io.configFile, folder: io.dir});
    const {service, text} = await render(chosen, config, sentence => io.out.note(sentence));
    if (options.dryRun) {
      io.out.result({name, file: manager.file, text}, text.trimEnd());
      return 0;
    }
    const serves = (await findStatus(config)) !== undefined;
    const {active} = await manager.state();
    if (options.now && serves && !active) {
      throw new UserError('The server runs already, without the service.', 'Type caldav stop, then this again.');
    }
    const changed = await install(chosen, text, io.dir, Boolean(options.force));
    if (options.now) await manager.start();
    const {start, restart, look, stay} = await manager.hints();
    const lines = [
      changed ? `Installed ${manager.file}, which starts the server in ${io.dir}.` : `${manager.file} is as it should be.`,
      ...(service.user === undefined && !service.own
        ? [`It begins as root and becomes ${config.userName}, which may not read all that the server is told.`]
        : []),
      ...(serves && !active ? ['A server runs there already, without the service. Stop it first: caldav stop'] : []),
      ...(active && changed ? [`It runs as it was installed before, until you type:  ${restart}`] : []),
      active || options.now ? 'It runs.' : `Start it now:  ${start}`,
      `Look at it:    ${look}`,
      ...(stay ? [`To have it run while nobody is logged in:  ${stay}`] : []),
      `Remove it:     caldav service uninstall${name === 'caldav' ? '' : ` --name ${name}`}`,
    ];
    io.out.result({name, file: manager.file, changed, running: active || Boolean(options.now)}, lines.join('\n'));
    return 0;
  },
};
