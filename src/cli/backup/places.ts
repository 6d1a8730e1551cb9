import {basename, join, relative, resolve} from 'node:path';
import {UserError} from '../../base/user-error.ts';
import type {Config} from '../../config/config.ts';
import {editConfig} from '../../config/edit.ts';
import {inspectConfig} from '../../config/load.ts';
import type {CommandIo} from '../command.ts';
import type {Manifest} from './names.ts';

/** Where a backup's files go. */
export interface Places {
  /** The plist as it is to be written: that of the backup, with the paths of this place. */
  readonly text: string;
  readonly config: Config;
  /** The files of the configuration but the plist, by their names in the archive. */
  readonly files: readonly {readonly name: string; readonly file: string}[];
}

/** The paths that a plist names. `served`: the server writes there, as the account that it becomes. */
const paths: readonly {key: string; get(config: Config): string; served?: boolean; standard?(name: string): string}[] = [
  {key: 'DataRoot', get: ({dataRoot}) => dataRoot, served: true, standard: () => 'data'},
  {key: 'DocumentRoot', get: ({documentRoot}) => documentRoot, served: true, standard: () => 'data/documents'},
  {key: 'DirectoryService.params.xmlFile', get: ({directory}) => directory.xmlFile, standard: () => 'conf/auth/accounts.xml'},
  {key: 'SSLCertificate', get: ({tls}) => tls.certificate, standard: name => `conf/tls/${name}`},
  {key: 'SSLPrivateKey', get: ({tls}) => tls.privateKey, standard: name => `conf/tls/${name}`},
  {key: 'SSLAuthorityChain', get: ({tls}) => tls.authorityChain, standard: name => `conf/tls/${name}`},
  {key: 'AccessLogFile', get: ({logs}) => logs.accessLogFile, served: true},
  {key: 'ErrorLogFile', get: ({logs}) => logs.errorLogFile, served: true},
  {key: 'ServerStatsFile', get: ({serverStatsFile}) => serverStatsFile, served: true},
  {key: 'PIDFile', get: ({pidFile}) => pidFile, served: true},
  {key: 'ControlSocket', get: ({controlSocket}) => controlSocket, served: true},
];

/**
 * Decides where everything goes: where the configuration that is there now, `present`, says; else to the same places in this folder as it had
 * in the other. What lay elsewhere comes into the folder, too: another server may have it there. `home`: where what is served goes.
 * Throws UserError where the backup's plist is not right.
 */
export function planPlaces(
  manifest: Manifest,
  plist: string,
  {io, present, home}: {io: CommandIo; present: Config | undefined; home: string},
): Places {
  const read = (text: string, folder: string) => {
    const {config, problems} = inspectConfig({file: io.configFile, folder, text});
    if (config) return config;
    throw new UserError(`The configuration in the backup is not right, line ${problems[0]!.line}: ${problems[0]!.message}.`);
  };
  const before = read(plist, manifest.folder);
  const wanted = new Map<string, string>();
  let text = plist;
  for (const {key, get, served, standard} of paths) {
    const old = get(before);
    const inside = relative(manifest.folder, old);
    const own = served ? home : io.dir;
    let path = old;
    if (old !== '' && !inside.startsWith('..')) path = join(own, inside);
    else if (old !== '' && standard) path = join(own, standard(basename(old)));
    path = (present && get(present)) || path;
    wanted.set(key, path);
    if (get(read(text, io.dir)) !== path) text = editConfig(text, io.configFile, key, inFolder(io.dir, path));
  }
  const at = (key: string) => wanted.get(key)!;
  const named = [
    {name: manifest.accounts, file: at('DirectoryService.params.xmlFile')},
    {name: manifest.certificate, file: at('SSLCertificate')},
    {name: manifest.privateKey, file: at('SSLPrivateKey')},
    {name: manifest.authorityChain, file: at('SSLAuthorityChain')},
  ];
  return {text, config: read(text, io.dir), files: named.filter(({name, file}) => name !== '' && file !== '')};
}

/** Where a file of the configuration goes; undefined: nowhere, it belonged to another place. */
export function targetsOf(name: string, manifest: Manifest, {files}: Places, dir: string): string[] {
  if (name === manifest.config) return [];
  const named = files.filter(file => file.name === name).map(({file}) => file);
  return named.length > 0 || !name.startsWith('conf/') ? [...new Set(named)] : [resolve(dir, name)];
}

/** A path as a plist names it: relative to the server's folder where it lies there, so that the folder can be moved. */
export function inFolder(folder: string, path: string): string {
  const inside = relative(folder, path);
  return path === '' || inside.startsWith('..') ? path : inside || '.';
}
