import {readdir, stat} from 'node:fs/promises';
import {basename, join, relative} from 'node:path';
import type {Config} from '../../config/config.ts';
import type {Manifest} from './names.ts';

/** A file of the configuration, and its name in the archive. */
export interface ServerFile {
  readonly name: string;
  readonly file: string;
}

export interface ServerFiles {
  readonly files: readonly ServerFile[];
  readonly named: Pick<Manifest, 'config' | 'accounts' | 'certificate' | 'privateKey' | 'authorityChain'>;
}

/** What makes the server beside its data: all of conf/, and what the configuration names, wherever it lies. */
export async function findServerFiles(config: Config): Promise<ServerFiles> {
  const {folder, file, directory, tls} = config;
  const byFile = new Map<string, string>();
  const nameOf = (key: string, path: string) => {
    if (path === '') return '';
    const known = byFile.get(path);
    if (known) return known;
    const inside = relative(folder, path);
    const name = inside.startsWith('conf/') ? inside : `elsewhere/${key}/${basename(path)}`;
    byFile.set(path, name);
    return name;
  };
  for (const path of await filesBelow(join(folder, 'conf'))) nameOf('', path);
  const named = {
    config: nameOf('config', file),
    accounts: nameOf('accounts', directory.xmlFile),
    certificate: nameOf('certificate', tls.certificate),
    privateKey: nameOf('privateKey', tls.privateKey),
    authorityChain: nameOf('authorityChain', tls.authorityChain),
  };
  return {files: [...byFile].map(([path, name]) => ({name, file: path})), named};
}

/** Files that a set-up or a restore has put aside, or that are being written, are none. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, {withFileTypes: true}).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.') || entry.name.includes('.before-')) continue;
    if (entry.isDirectory()) found.push(...(await filesBelow(path)));
    else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path)))) found.push(path);
  }
  return found.sort();
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isFile(),
    () => false,
  );
}
