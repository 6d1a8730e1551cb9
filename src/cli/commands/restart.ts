import type {Command} from '../command.ts';

export const restart: Command = {
  name: 'restart',
  summary: 'stop the server and start it again',
  options: [],
  examples: [['caldav restart', 'takes up changes that a reload cannot, such as another port; it then runs in the background']],
  async run(_args, _options, io) {
    const {configOf} = await import('../serve.ts');
    // What cannot start is found before the old one is stopped.
    configOf(io.configFile, io.dir);
    const {background} = await import('./run.ts');
    return background({configFile: io.configFile, dir: io.dir}, true, io);
  },
};
