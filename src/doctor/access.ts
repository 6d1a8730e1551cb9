import {access, constants, stat} from 'node:fs/promises';
import {dirname} from 'node:path';

/** What this account may do with a file or folder. */
export interface Access {
  readonly path: string;
  readonly exists: boolean;
  readonly readable: boolean;
  /** For a folder: files can be made in it. For what is not there: it can be made. */
  readonly writable: boolean;
  /** The outermost folder above it that this account may not pass through. */
  readonly blockedAt?: string;
}

/** Asks the system, so that lists of access rights and security modules count, not only modes. */
export async function tryAccess(paths: readonly string[]): Promise<Access[]> {
  return Promise.all(paths.map(tryOne));
}

async function tryOne(path: string): Promise<Access> {
  for (const parent of parentsOf(path)) {
    const code = await refusal(parent, constants.X_OK);
    if (code === 'ENOENT') {
      return {path, exists: false, readable: false, writable: await canMakeBelow(path)};
    }
    if (code !== undefined) return {path, exists: false, readable: false, writable: false, blockedAt: parent};
  }
  const folder = await stat(path).then(
    found => found.isDirectory(),
    () => undefined,
  );
  if (folder === undefined) return {path, exists: false, readable: false, writable: await canMakeBelow(path)};
  const pass = folder ? constants.X_OK : 0;
  return {
    path,
    exists: true,
    readable: (await refusal(path, constants.R_OK | pass)) === undefined,
    writable: (await refusal(path, constants.W_OK | pass)) === undefined,
  };
}

/** From the outermost inwards, the path itself left out. */
function parentsOf(path: string): string[] {
  const parents: string[] = [];
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    parents.unshift(folder);
    if (dirname(folder) === folder) return parents;
  }
}

async function canMakeBelow(path: string): Promise<boolean> {
  for (const parent of parentsOf(path).reverse()) {
    const code = await refusal(parent, constants.W_OK | constants.X_OK);
    if (code !== 'ENOENT') return code === undefined;
  }
  return false;
}

async function refusal(path: string, mode: number): Promise<string | undefined> {
  return access(path, mode).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code ?? 'UNKNOWN',
  );
}
