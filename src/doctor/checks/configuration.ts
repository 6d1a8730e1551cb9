import {type Check, ok} from '../check.ts';

/** caldavd.plist: can it be read, and does each key in it have an effect. */
export const configuration: Check = {
  name: 'configuration',
  what: 'Configuration',
  applies: ({config, notes}) => config !== undefined || notes.length > 0,
  async run({config, notes}) {
    if (config === undefined) return [...notes];
    return [ok(`${config.file} is read without errors`), ...notes];
  },
};
