import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import {join, relative, sep} from 'node:path';
import {UserError} from '../base/user-error.ts';

/** Where the program lies: package.json, bin, dist or src, templates, node_modules. */
export function programFolder(): string {
  return realpathSync(join(import.meta.dirname, '../..'));
}

/**
 * Copies the program with the modules it needs and the very Node it runs on to DST/lib/caldav, in place of what was there, and puts
 * the command in DST/bin/caldav. Answers the command, and how many bytes it takes. Throws UserError where that cannot be.
 */
export async function install(
  destination: string,
  {forOwnerAlone, from = programFolder()}: {forOwnerAlone: boolean; from?: string},
): Promise<{command: string; bytes: number}> {
  if (!existsSync(join(from, 'dist/cli/main.js'))) {
    throw new UserError(`The program in ${from} is not built yet.`, `Type: npm --prefix ${from} run build`);
  }
  const place = join(destination, 'lib/caldav');
  const fresh = join(destination, 'lib/.caldav.new');
  const command = join(destination, 'bin/caldav');
  if (from === place) throw new UserError(`${place} is this very program.`, 'Run the command from where the new version lies.');
  try {
    rmSync(fresh, {recursive: true, force: true});
    mkdirSync(fresh, {recursive: true});
    let bytes = 0;
    for (const part of ['package.json', 'README.md', 'LICENSE', 'bin', 'dist', 'templates', 'docs'])
      bytes += copy(from, fresh, part);
    for (const folder of productionModules(from)) bytes += copy(from, fresh, folder);
    const node = join(fresh, 'node_modules/node/bin/node');
    mkdirSync(join(node, '..'), {recursive: true});
    cpSync(realpathSync(process.execPath), node, {dereference: true});
    chmodSync(node, 0o755);
    if (forOwnerAlone) chmodSync(fresh, 0o700);
    // Only now the old one goes: an installation that breaks off leaves it whole.
    rmSync(place, {recursive: true, force: true});
    renameSync(fresh, place);
    mkdirSync(join(destination, 'bin'), {recursive: true});
    rmSync(command, {force: true});
    symlinkSync(relative(join(destination, 'bin'), join(place, 'bin/caldav')), command);
    return {command, bytes: bytes + readFileSize(join(place, 'node_modules/node/bin/node'))};
  } catch (error) {
    const {code, path} = error as NodeJS.ErrnoException;
    if (!code || !['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR'].includes(code)) throw error;
    const fix =
      code === 'ENOSPC'
        ? 'Make room: about 200 MiB are needed.'
        : 'Do it as root, or choose a folder of your own: caldav run -I ~/.local';
    throw new UserError(`${path ?? destination} cannot be written (${code}).`, fix);
  }
}

/** The folders below node_modules that the program needs to run, nested ones too; the tools it is made with stay behind. */
function productionModules(root: string): string[] {
  const found = new Set<string>();
  const visit = (folder: string) => {
    const {dependencies = {}, optionalDependencies = {}} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
      optionalDependencies?: Record<string, string>;
    };
    for (const name of [...Object.keys(dependencies), ...Object.keys(optionalDependencies)]) {
      const at = resolveModule(root, folder, name);
      // npm's `node` fetches a runtime for every platform it knows; the one in use is copied instead.
      if (!at || found.has(at) || name === 'node') continue;
      found.add(at);
      visit(at);
    }
  };
  visit(root);
  return [...found].map(folder => relative(root, folder));
}

/** As Node resolves it: in the nearest node_modules on the way up. Undefined: an optional one that is not installed. */
function resolveModule(root: string, from: string, name: string): string | undefined {
  for (let folder = from; folder.startsWith(root); folder = join(folder, '..')) {
    const at = join(folder, 'node_modules', name);
    if (existsSync(join(at, 'package.json'))) return at;
    if (folder === root) break;
  }
  return undefined;
}

/** Copies a file or folder, without the modules nested in it, which are found on their own; answers its bytes. */
function copy(from: string, to: string, path: string): number {
  const source = join(from, path);
  if (!existsSync(source)) return 0;
  let bytes = 0;
  cpSync(source, join(to, path), {
    recursive: true,
    dereference: true,
    filter(file) {
      if (relative(source, file).split(sep).includes('node_modules')) return false;
      bytes += readFileSize(file);
      return true;
    },
  });
  return bytes;
}

function readFileSize(file: string): number {
  const found = statSync(file);
  return found.isFile() ? found.size : 0;
}
