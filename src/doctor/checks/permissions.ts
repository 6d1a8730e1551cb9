import {stat} from 'node:fs/promises';
import {userInfo} from 'node:os';
import {dirname} from 'node:path';
import {authorityFiles} from '../../certificates/renew.ts';
import type {Config} from '../../config/config.ts';
import type {Account} from '../../server/privileges.ts';
import {type Access, tryAccess} from '../access.ts';
import {asAccount} from '../as-account.ts';
import {type Check, type CheckResult, type DoctorContext, fail, ok, warn} from '../check.ts';

/** Modes and owners: secrets for the server alone, data not for everybody, all of it within the server's reach. */
export const permissions: Check = {
  name: 'permissions',
  what: 'Permissions',
  applies: ({folders, config}) => folders.length > 0 || config !== undefined,
  async run(context) {
    const places = placesOf(context);
    const paths = places.map(({path}) => path);
    const starter = await tryAccess(paths);
    const server = await asAccount(context.account, 'access', paths);
    const results: CheckResult[] = [];
    for (const [at, place] of places.entries()) {
      const served = place.sort === 'data' || place.sort === 'served';
      const reach = served
        ? judgeReach(place, server[at]!, nameOf(context))
        : judgeReach(place, starter[at]!, userInfo().username);
      results.push(...reach, ...(await checkMode(place)));
    }
    if (context.account && context.config?.processType === 'Single') {
      const lost = places.filter(
        ({sort}, at) => (sort === 'secret' || sort === 'read') && starter[at]!.readable && !server[at]!.readable,
      );
      if (lost.length > 0) results.push(warnOfSingle(lost, context.account));
    }
    if (results.length > 0) return results;
    const secrets = places.some(({sort}) => sort === 'secret') ? '; passwords and keys are the server’s alone' : '';
    return [ok(`${[...new Set(places.map(({name}) => name))].join(', ')}: within reach and in good hands${secrets}`)];
  },
};

/**
 * `secret` and `data` are looked at for who else may read them. `data` and `served` are the serving account's business; all else is that of the
 * account that starts the server, which reads and opens it before it becomes the other.
 */
interface Place {
  readonly name: string;
  readonly path: string;
  readonly sort: 'secret' | 'read' | 'data' | 'served' | 'write';
  /** Nothing is missing where it is not there. */
  readonly optional?: boolean;
}

function placesOf({folders, config}: DoctorContext): Place[] {
  if (config === undefined) return folders.map(folder => ({...folder, sort: 'served' as const}));
  return [...folders.map(folder => ({...folder, sort: 'data' as const})), ...ofConfig(config)];
}

function ofConfig({directory, tls, logs, pidFile, controlSocket, file}: Config): Place[] {
  const writable = new Map([
    [dirname(logs.accessLogFile), "the access log's folder"],
    [dirname(logs.errorLogFile), "the error log's folder"],
    [dirname(pidFile), "the PID file's folder"],
    [dirname(controlSocket), "the control socket's folder"],
  ]);
  return [
    {name: 'the configuration', path: file, sort: 'read' as const},
    {name: 'the accounts', path: directory.xmlFile, sort: 'secret' as const},
    ...(tls.certificate ? [{name: 'the certificate', path: tls.certificate, sort: 'read' as const}] : []),
    ...(tls.certificate ? keysOf(tls) : []),
    ...[...writable].map(([path, name]) => ({name, path, sort: 'write' as const})),
  ];
}

/** The server's key, which may lie in the certificate's file, and that of the local authority. */
function keysOf({certificate, privateKey}: Config['tls']): Place[] {
  return [
    {name: 'the private key', path: privateKey || certificate, sort: 'secret'},
    {name: "the authority's private key", path: authorityFiles(certificate).privateKey, sort: 'secret', optional: true},
  ];
}

function nameOf({account}: DoctorContext): string {
  return account?.name ?? userInfo().username;
}

/** One process alone serves and reloads: what it has become must still read what it read as root. */
function warnOfSingle(lost: readonly Place[], {name}: Account): CheckResult {
  const paths = lost.map(({path}) => path);
  return warn(
    `as one process (ProcessType Single), the server cannot read again as ${name} what it read as root: ${paths.join(', ')}; changes are not seen until a restart`,
    `\`caldav config set ProcessType Combined\`, whose supervisor stays root; or give the files to ${name}: \`chown ${name} FILE\``,
    {paths, account: name},
  );
}

/** Whether `who` can do with it what must be done. */
export function judgeReach({name, path, sort, optional}: Place, found: Access, who: string): CheckResult[] {
  const details = {path, account: who};
  const written = sort !== 'secret' && sort !== 'read';
  if (found.blockedAt !== undefined) {
    const fix = `let ${who} pass through: \`chmod o+x ${found.blockedAt}\` (or \`setfacl -m u:${who}:x ${found.blockedAt}\`), or keep ${name} elsewhere`;
    return [fail(`${name}: ${who} cannot reach ${path}, because it may not pass through ${found.blockedAt}`, fix, details)];
  }
  if (!found.exists && written) {
    if (found.writable) return [];
    return [fail(`${name}: ${path} is not there, and ${who} cannot make it`, `\`install -d -o ${who} -m 750 ${path}\``, details)];
  }
  if (!found.exists) {
    return optional ? [] : [fail(`${name}: there is no ${path}`, 'type `caldav setup`, or mend its path in the plist', details)];
  }
  if (!found.readable)
    return [fail(`${name}: ${who} cannot read ${path}`, `\`chown ${who} ${path} && chmod u+r ${path}\``, details)];
  if (written && !found.writable) {
    return [fail(`${name}: ${who} cannot write to ${path}`, `\`chown -R ${who} ${path} && chmod -R u+rwX ${path}\``, details)];
  }
  return [];
}

async function checkMode({name, path, sort}: Place): Promise<CheckResult[]> {
  if (sort !== 'secret' && sort !== 'data') return [];
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return [];
  return judgeMode(name, path, sort, found.mode & 0o777);
}

/** Secrets are to have mode 0600, data 0750 or less. */
export function judgeMode(name: string, path: string, sort: 'secret' | 'data', mode: number): CheckResult[] {
  const shown = mode.toString(8).padStart(4, '0');
  const details = {path, mode: shown};
  if (sort === 'secret' && (mode & 0o077) !== 0) {
    return [
      fail(`${name}: ${path} has mode ${shown}, so that other accounts can read secrets`, `\`chmod 600 ${path}\``, details),
    ];
  }
  if (sort === 'data' && (mode & 0o007) !== 0) {
    return [
      fail(`${name}: ${path} has mode ${shown}, so that every account can look into it`, `\`chmod o-rwx ${path}\``, details),
    ];
  }
  return [];
}
