import {UserError} from '../../base/user-error.ts';
import {inspectConfig, readConfig} from '../../config/load.ts';
import {type Check, type CheckResult, fail, ok, warn} from '../check.ts';

/** caldavd.plist: can it be read, is each key known and its value right, and does it have an effect. */
export const configuration: Check = {
  name: 'configuration',
  what: 'Configuration',
  applies: ({plist}) => plist !== undefined,
  async run({plist}) {
    try {
      return inspect({...plist!, text: readConfig(plist!.file)});
    } catch (error) {
      if (error instanceof UserError) return [fail(withoutStop(error.message), withoutStop(error.fix))];
      throw error;
    }
  },
};

function inspect(source: {file: string; folder: string; text: string}): CheckResult[] {
  const {problems, notes} = inspectConfig(source);
  const results = problems.map(({line, message, fix, key}) => fail(`${source.file}, line ${line}: ${message}`, fix, {line, key}));
  if (results.length === 0) results.push(ok(`${source.file} is read without errors`));
  if (notes.length > 0) {
    const names = notes.map(({key, line}) => `${key} (line ${line})`).join(', ');
    const fix = '`caldav config list` says why for each; take them out of the plist';
    results.push(warn(`without effect here: ${names}`, fix, {notes}));
  }
  return results;
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
