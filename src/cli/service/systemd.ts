import {fill, readTemplate} from '../../base/template.ts';
import {sign} from '../../server/service-mark.ts';
import {quoteValue, quoteWord} from './quote.ts';
import {isWithin, type Service} from './service.ts';

const hole = '@mark@';

/** The unit of a service, for systemd.service(5) of version 244 or later. */
export async function systemdUnit(service: Service): Promise<string> {
  const {name, folder, config, node, script, own} = service;
  const command = (...words: string[]) => [node, script, ...words, '--dir', folder, '--config', config].map(quoteWord).join(' ');
  const text = fill(await readTemplate(own ? 'caldav-user.service' : 'caldav.service'), {
    mark: `# ${hole}`,
    name: quoteValue(name),
    description: `CalDAV server of ${quoteValue(folder)}`,
    pidFile: quoteValue(withoutLink(service.pidFile)),
    start: command('run', '--daemon', '--never-setup'),
    reload: command('reload'),
    umask: service.umask.toString(8).padStart(4, '0'),
    backOff: (service.managerVersion ?? 0) >= 254 ? 'RestartSteps=6\nRestartMaxDelaySec=60' : '',
    systemCalls: systemCalls(service),
    ...(own ? {} : sandbox(service)),
  });
  return sign(text.replace(/\n{3,}/g, '\n\n'), hole, {folder, config, node, script});
}

/** What only the service manager of the whole machine can do. */
function sandbox(service: Service): Record<string, string> {
  const {user, group, lowPort} = service;
  const runtime = [...new Set(service.writable.map(runtimeFolder).filter(name => name !== undefined))];
  const writable = outermost(service.writable.map(withoutLink).filter(path => runtimeFolder(path) === undefined));
  const all = [...writable, ...service.readable];
  const inHome = all.some(path => ['/home', '/root', '/run/user'].some(home => isWithin(path, home)));
  const inTmp = all.some(path => ['/tmp', '/var/tmp'].some(tmp => isWithin(path, tmp)));
  return {
    mounts: outermost(all).map(quoteWord).join(' '),
    account: user === undefined ? '# Root reads the secrets, and then becomes UserName for good.' : account(user, group),
    // What lies in /run is gone after a restart of the machine.
    runtime: runtime.length > 0 ? `RuntimeDirectory=${runtime.map(quoteWord).join(' ')}\nRuntimeDirectoryMode=0755` : '',
    // The dash: what is missing is the server's to complain of, which says more than a status 226.
    writable: writable.map(path => quoteWord(`-${path}`)).join(' '),
    protectHome: inHome ? 'read-only' : 'yes',
    privateTmp: inTmp ? 'no' : 'yes',
    capabilities: capabilities(user, lowPort),
  };
}

function account(user: string, group: string | undefined): string {
  return [`User=${quoteValue(user)}`, ...(group ? [`Group=${quoteValue(group)}`] : [])].join('\n');
}

/** Root becomes another account, gives it the logs and the socket, writes to what is that account's, and ends its workers. */
function capabilities(user: string | undefined, lowPort: boolean): string {
  const bind = lowPort ? ['CAP_NET_BIND_SERVICE'] : [];
  if (user !== undefined) return `CapabilityBoundingSet=${bind.join(' ')}\nAmbientCapabilities=${bind.join(' ')}`;
  const root = ['CAP_SETUID', 'CAP_SETGID', 'CAP_CHOWN', 'CAP_FOWNER', 'CAP_DAC_OVERRIDE', 'CAP_KILL'];
  return `CapabilityBoundingSet=${[...root, ...bind].join(' ')}`;
}

/** What services need; becoming another account is among what is privileged. */
function systemCalls({own, user}: Service): string {
  const without = own || user !== undefined ? '@privileged @resources' : '@resources';
  return `SystemCallFilter=@system-service\nSystemCallFilter=~${without}`;
}

/** The name of a folder of its own in /run, which systemd makes and removes. */
function runtimeFolder(path: string): string | undefined {
  return /^\/run\/((?!user(?:\/|$)).+)$/.exec(withoutLink(path))?.[1];
}

/** /var/run has been a link to /run for long, and systemd complains of it. */
function withoutLink(path: string): string {
  return path.replace(/^\/var\/run(?=\/)/, '/run');
}

/** Without those that lie in another one. */
function outermost(paths: readonly string[]): string[] {
  const unique = [...new Set(paths)];
  return unique.filter(path => !unique.some(other => other !== path && isWithin(path, other)));
}
