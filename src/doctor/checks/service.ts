import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {readMark, type ServiceMark, serviceFolders} from '../../server/service-mark.ts';
import {type Check, type CheckResult, fail, ok, warn} from '../check.ts';

/** Services that caldav service install made: for this folder, or for one that is gone. */
export const service: Check = {
  name: 'service',
  what: 'Service',
  applies: ({plist}) => plist !== undefined,
  async run({plist}) {
    const results = judgeServices(findServices(), plist!);
    return results.length > 0
      ? results
      : [ok('none: the machine does not start this server (`caldav service install` has it do so)')];
  },
};

interface Installed extends ServiceMark {
  /** Its file. */
  readonly file: string;
}

/** The services that caldav has installed, in folders that are there and may be read. */
function findServices(folders: readonly string[] = Object.values(serviceFolders())): Installed[] {
  return folders.flatMap(folder => {
    try {
      return readdirSync(folder)
        .filter(name => /\.(service|plist)$/.test(name))
        .flatMap(name => readService(join(folder, name)));
    } catch {
      return [];
    }
  });
}

function readService(file: string): Installed[] {
  try {
    const mark = readMark(readFileSync(file, 'utf8'));
    return mark ? [{...mark, file}] : [];
  } catch {
    return [];
  }
}

/** What is to be said about them in this folder. */
export function judgeServices(
  services: readonly Installed[],
  {file: config, folder}: {readonly file: string; readonly folder: string},
): CheckResult[] {
  return services.flatMap(service => {
    const name = /([^/]+?)\.(?:service|plist)$/.exec(service.file)![1]!.replace(/^local\./, '');
    const option = name === 'caldav' ? '' : ` --name ${name}`;
    const details = {file: service.file, folder: service.folder};
    if (service.folder !== folder) {
      if (existsSync(service.folder)) return [];
      const message = `the service ${name} starts a server in ${service.folder}, which is gone`;
      const fix = `if it was moved here, type \`caldav service install${option}\`; else \`caldav service uninstall --dir ${service.folder}${option}\``;
      return [warn(message, fix, details)];
    }
    const missing = [service.node, service.script].find(path => !existsSync(path));
    const renew = `type \`caldav service install${option}\``;
    if (missing) return [fail(`the service ${name} starts ${missing}, which is gone`, renew, details)];
    if (service.config !== config) {
      return [warn(`the service ${name} reads ${service.config}, and not ${config}`, renew, details)];
    }
    return [ok(`the service ${name} starts it`, details)];
  });
}
