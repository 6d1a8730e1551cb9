import type {Command} from '../command.ts';

export const configSet: Command = {
  name: 'config set <key> <value>',
  summary: 'change one configuration value',
  options: [],
  examples: [
    ['caldav config set HTTPPort 8008', 'change the port; comments and order in the file stay'],
    ['caldav config set BindAddresses 127.0.0.1,::1', 'a list, separated by commas (or as JSON)'],
    ['caldav reload', 'let a running server know'],
  ],
  async run([key, value], _options, {out, configFile}) {
    const [{setConfigValue}, {findKey}] = await Promise.all([import('../../config/edit.ts'), import('../../config/keys.ts')]);
    const changed = await setConfigValue(configFile, key as string, value as string);
    const because = findKey(key as string)?.because;
    if (because) out.note(`${key} is known, without effect here, because ${because}.`);
    out.result(
      {key, changed},
      changed ? `${key} is set in ${configFile}. A running server takes it at its next reload.` : `${key} was so already.`,
    );
    return 0;
  },
};
