import {dirname, join} from 'node:path';
import {fill, readTemplate} from '../../base/template.ts';
import {sign} from '../../server/service-mark.ts';
import {quoteXml} from './quote.ts';
import type {Service} from './service.ts';

const hole = '@mark@';

/** The name that launchd knows a service by. */
export function launchdLabel(name: string): string {
  return `local.${name}`;
}

/** The property list of a service, for launchd.plist(5): a daemon, or one user's agent. */
export async function launchdPlist(service: Service): Promise<string> {
  const {folder, config, node, script, user, group} = service;
  const key = (name: string, value: string) => `<key>${name}</key>\n<string>${quoteXml(value)}</string>`;
  const text = fill(await readTemplate('caldav-launchd.plist'), {
    mark: `<!-- ${hole} -->`,
    label: quoteXml(launchdLabel(service.name)),
    arguments: [node, script, 'run', '--never-setup', '--dir', folder, '--config', config]
      .map(word => `<string>${quoteXml(word)}</string>`)
      .join('\n'),
    // Without a name launchd starts it as root, and it becomes UserName by itself.
    account: user === undefined ? '' : [key('UserName', user), ...(group ? [key('GroupName', group)] : [])].join('\n'),
    umask: String(service.umask),
    errorLog: quoteXml(join(dirname(service.errorLog), 'service.log')),
  });
  return sign(text.replace(/\n[ \t]*(?=\n)/g, ''), hole, {folder, config, node, script});
}
