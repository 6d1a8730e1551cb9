import {stat} from 'node:fs/promises';
import {userInfo} from 'node:os';
import {dirname} from 'node:path';
import type {Config} from '../../config/config.ts';
import type {Account} from '../../server/privileges.ts';
import type {Access} from '../access.ts';
import {asAccount} from '../as-account.ts';
import {type Check, type CheckResult, type DoctorContext, fail, ok} from '../check.ts';

/** Modes and owners: secrets for the server alone, data not for everybody, all of it within the server's reach. */
export const permissions: Check = {
  name: 'permissions',
  what: 'Permissions',
  applies: ({folders, config}) => folders.length > 0 || config !== undefined,
  async run(context) {
    const places = placesOf(context);
    const found = await asAccount(
      context.account,
      'access',
      places.map(({path}) => path),
    );
    const results: CheckResult[] = [];
    for (const [number, place] of places.entries()) {
      results.push(...checkReach(place, found[number]!, context.account), ...(await checkMode(place)));
    }
    if (results.length > 0) return results;
    const secrets = places.some(({sort}) => sort === 'secret') ? '; passwords and keys are the server’s alone' : '';
    return [ok(`${places.map(({name}) => name).join(', ')}: within reach and in good hands${secrets}`)];
  },
};

/** `secret` and `data` are looked at for who else may read them; `secret` and `read` must be readable, the others writable. */
interface Place {
  readonly name: string;
  readonly path: string;
  readonly sort: 'secret' | 'read' | 'data' | 'write';
}

function placesOf({folders, config}: DoctorContext): Place[] {
  if (config === undefined) return folders.map(folder => ({...folder, sort: 'write' as const}));
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
    ...(tls.privateKey ? [{name: 'the private key', path: tls.privateKey, sort: 'secret' as const}] : []),
    ...[...writable].map(([path, name]) => ({name, path, sort: 'write' as const})),
  ];
}

function checkReach({name, path, sort}: Place, found: Access, account: Account | undefined): CheckResult[] {
  const who = account?.name ?? userInfo().username;
  const details = {path, account: who};
  if (found.blockedAt !== undefined) {
    const fix = `let ${who} pass through: \`chmod o+x ${found.blockedAt}\` (or \`setfacl -m u:${who}:x ${found.blockedAt}\`), or keep ${name} elsewhere`;
    return [fail(`${name}: ${who} cannot reach ${path}, because it may not pass through ${found.blockedAt}`, fix, details)];
  }
  if (!found.exists) {
    if (sort === 'data' || sort === 'write') {
      if (found.writable) return [];
      return [
        fail(`${name}: ${path} is not there, and ${who} cannot make it`, `\`install -d -o ${who} -m 750 ${path}\``, details),
      ];
    }
    return [fail(`${name}: there is no ${path}`, 'type `caldav setup`, or mend its path in the plist', details)];
  }
  if (!found.readable) return [fail(`${name}: ${who} cannot read ${path}`, `\`chown ${who} ${path}\``, details)];
  if ((sort === 'data' || sort === 'write') && !found.writable) {
    return [fail(`${name}: ${who} cannot write to ${path}`, `\`chown -R ${who} ${path}\``, details)];
  }
  return [];
}

async function checkMode({name, path, sort}: Place): Promise<CheckResult[]> {
  if (sort === 'read' || sort === 'write') return [];
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
