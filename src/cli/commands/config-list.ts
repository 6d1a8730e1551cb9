import type {Command} from '../command.ts';

export const configList: Command = {
  name: 'config list',
  summary: 'list the configuration',
  options: [{flags: '--changed', description: 'only what the file itself sets'}],
  examples: [
    ['caldav config list', 'every key, its value, and what it means'],
    ['caldav config list --changed --json', 'what the file sets, for a program'],
  ],
  async run(_args, {changed}, {out, configFile}) {
    const {listSettings, showValue} = await import('../../config/list.ts');
    const settings = listSettings(configFile).filter(({isDefault}) => !(changed && isDefault));
    const width = Math.max(...settings.map(({row}) => row.key.length), 0);
    out.result(
      settings.map(({row: {key, meaning, because, default: standard}, value, isDefault}) => ({
        key,
        value,
        default: standard,
        isDefault,
        meaning,
        ...(because && {withoutEffectBecause: because}),
      })),
      settings
        .map(({row: {key, meaning, because}, value, isDefault}) => {
          const remark = because ? `Without effect here, because ${because}.` : meaning;
          return `${key.padEnd(width)}  ${showValue(value) || '""'}${isDefault ? '  (default)' : ''}\n${' '.repeat(width + 2)}${remark}`;
        })
        .join('\n'),
    );
    return 0;
  },
};
