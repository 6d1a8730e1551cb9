import type {Command} from '../command.ts';

export const configGet: Command = {
  name: 'config get <key>',
  summary: 'print one configuration value',
  options: [],
  examples: [
    ['caldav config get HTTPPort', 'the port, as the plist or the default has it'],
    ['caldav config get Authentication --json', 'all keys within Authentication'],
  ],
  async run([key], _options, {out, configFile}) {
    const {getConfigValue, showValue} = await import('../../config/list.ts');
    const value = getConfigValue(configFile, key as string);
    out.result(value, showValue(value));
    return 0;
  },
};
