import {existsSync} from 'node:fs';
import {chmod, chown, lstat, mkdir, readdir, readFile, realpath, rm, rmdir, stat} from 'node:fs/promises';
import {basename, dirname, join, relative, sep} from 'node:path';
import {replaceFile} from '../../base/replace-file.ts';
import {UserError} from '../../base/user-error.ts';
import type {Config} from '../../config/config.ts';
import {editConfig} from '../../config/edit.ts';
import {loadConfig, readConfig} from '../../config/load.ts';
import {nearestExisting} from '../../doctor/mounts.ts';
import {currentIdentity, planAccount} from '../../server/privileges.ts';
import {canReach} from '../../setup/look.ts';
import {inFolder} from '../backup/places.ts';
import type {CommandIo} from '../command.ts';
import {checkPlace, whileStopped} from '../data-place.ts';
import {indexHomes} from '../index-homes.ts';
import {createProgress} from '../transfer/progress.ts';
import {withStore} from '../with-store.ts';
import {copyTree, hasNewer, markerName, measureTree, mendTree} from './copy-tree.ts';

export interface Move {
  readonly from: string;
  readonly to: string;
  /** The keys of the plist that name the place, with their new values. */
  readonly keys: ReadonlyMap<string, string>;
  /** Only the removal of the old place is left, which was cut off. */
  readonly isDone: boolean;
}

/** In the new place until all is done. */
interface Marker {
  /** Where the data comes from. */
  readonly from: string;
  /** Milliseconds since 1970: since when all of it is here. */
  readonly copied?: number;
}

/**
 * Decides what moves: DataRoot with DocumentRoot in it, or DocumentRoot alone where it lies elsewhere. Throws UserError where the new place
 * will not do. Changes nothing.
 */
export async function planMove(to: string, config: Config): Promise<Move> {
  const {dataRoot, documentRoot} = config;
  const marker = await readMarker(to);
  const inside = relative(dataRoot, documentRoot);
  const whole = !inside.startsWith('..');
  const from = whole ? dataRoot : documentRoot;
  const keys = new Map([...(whole ? [['DataRoot', to] as const] : []), ['DocumentRoot', whole ? join(to, inside) : to] as const]);
  if (from === to) {
    if (marker) return {from: await requireCopied(marker, to), to, keys, isDone: true};
    throw new UserError(`The data is in ${to} already.`);
  }
  if (!existsSync(from)) throw new UserError(`There is no data in ${from} yet.`, `Type: caldav config set DataRoot ${to}`);
  if ((await lstat(from)).isSymbolicLink())
    throw new UserError(
      `${from} is a link to ${await realpath(from)}.`,
      'Let the configuration name the place itself: caldav config set',
    );
  const [realFrom, realTo] = [await realpath(from), await realPlace(to)];
  if (isAtOrBelow(realTo, realFrom) || isAtOrBelow(realFrom, realTo))
    throw new UserError(`${to} and ${from} lie one in the other.`, 'Name a place beside it.');
  for (const path of [config.pidFile, config.controlSocket, config.logs.errorLogFile, config.logs.accessLogFile]) {
    if (isAtOrBelow(path, from))
      throw new UserError(`${path} lies in ${from}, and is no data.`, 'Let the configuration name another place for it first.');
  }
  if (marker ? marker.from !== from : (await readdir(to).catch(() => [])).length > 0)
    throw new UserError(`${to} is not empty.`, 'Name a folder that is new or empty.');
  return {from, to, keys, isDone: false};
}

/** Copies, compares, changes the plist, and removes the old place at last; wherever it is cut off it can be done again. */
export async function moveData(
  {from, to, keys, isDone}: Move,
  config: Config,
  io: CommandIo,
): Promise<{entries: number; bytes: number}> {
  return whileStopped(config, config.documentRoot, async () => {
    if (isDone) {
      const size = await measureTree(to);
      await removeOld(from, to, io);
      return size;
    }
    const size = await measureTree(from);
    await checkPlace(await nearestExisting(to), {bytes: size.bytes, files: size.entries});
    await makePlace(from, to, config);
    try {
      await copy(from, to, size.entries, io);
    } catch (error) {
      throw explain(error, from, to);
    }
    await writeMarker(to, {from, copied: Date.now()});
    let text = readConfig(io.configFile);
    for (const [key, path] of keys) text = editConfig(text, io.configFile, key, inFolder(io.dir, path));
    await replaceFile(io.configFile, text);
    const moved = loadConfig({file: io.configFile, folder: io.dir});
    const {dataRoot, documentRoot} = moved;
    if (dataRoot !== (keys.get('DataRoot') ?? config.dataRoot) || documentRoot !== keys.get('DocumentRoot'))
      throw new Error(`${io.configFile} does not name ${to} after it was changed`);
    // Every file is another one to the indexes now.
    await withStore(moved, io, store => indexHomes(store, 0, io.out));
    await removeOld(from, to, io);
    return size;
  });
}

async function copy(from: string, to: string, entries: number, {out}: CommandIo): Promise<void> {
  const copying = createProgress(out, 'copying', entries);
  await copyTree(from, to, () => copying.step()).finally(() => copying.end());
  for (let attempt = 0; ; attempt++) {
    const comparing = createProgress(out, 'comparing', entries);
    const mended = await mendTree(from, to, () => comparing.step()).finally(() => comparing.end());
    if (mended === 0) return;
    if (attempt > 3)
      throw new UserError(
        `${from} changes all the time, or ${to} does not keep what is written. The data is where it was.`,
        'Stop what else works on it and type the same again; caldav doctor tells more of the disk.',
      );
  }
}

async function makePlace(from: string, to: string, config: Config): Promise<void> {
  const {uid, gid, mode} = await stat(from);
  const first = await mkdir(to, {recursive: true});
  const root = process.geteuid?.() === 0;
  if (first !== undefined && root)
    for (let path = dirname(to); path.length >= first.length; path = dirname(path)) await chmod(path, 0o755);
  if (root) {
    const account = config.userName ? planAccount(config, currentIdentity(), () => {}) : undefined;
    if (account && !(await canReach(dirname(to), account))) {
      throw new UserError(
        `The account ${account.name} (UserName) cannot get into ${dirname(to)}.`,
        `Let it: chmod o+x on that folder and those above. The data is where it was.`,
      );
    }
    await chown(to, uid, gid);
  }
  await chmod(to, mode & 0o7777);
  await writeMarker(to, {from});
}

async function writeMarker(to: string, marker: Marker): Promise<void> {
  await replaceFile(join(to, markerName), `${JSON.stringify(marker)}\n`, {mode: 0o600});
}

/** The old place, which may go. Throws UserError where it has what the new one has not: then somebody else changed the configuration. */
async function requireCopied({from, copied}: Marker, to: string): Promise<string> {
  if (copied !== undefined && !(await hasNewer(from, copied))) return from;
  throw new UserError(
    `The move from ${from} was cut off before all was in ${to}, or ${from} was used since.`,
    `Let the configuration name ${from} again and type the same; or, to keep what is in ${to} alone, remove ${join(to, markerName)}.`,
  );
}

/** Its folder stays where it cannot be removed, as where a disk is mounted there. */
async function removeOld(from: string, to: string, {out}: CommandIo): Promise<void> {
  try {
    for (const name of await readdir(from)) await rm(join(from, name), {recursive: true, force: true});
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') {
      throw new UserError(
        `The data is in ${to} now, and the configuration says so; but the old ${from} cannot be removed: ${code}.`,
        'Remove it by hand, or type the same again.',
      );
    }
  }
  await rmdir(from).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') out.note(`The empty folder ${from} stays: ${error.code}.`);
  });
  await rm(join(to, markerName), {force: true});
}

async function readMarker(to: string): Promise<Marker | undefined> {
  try {
    const {from, copied} = JSON.parse(await readFile(join(to, markerName), 'utf8')) as Partial<Record<keyof Marker, unknown>>;
    return typeof from === 'string' ? {from, ...(typeof copied === 'number' ? {copied} : {})} : undefined;
  } catch {
    return undefined;
  }
}

/** Where it is or would be, whatever links lead there. */
async function realPlace(path: string): Promise<string> {
  if (existsSync(path)) return realpath(path);
  return join(await realPlace(dirname(path)), basename(path));
}

const isAtOrBelow = (path: string, folder: string) =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

function explain(error: unknown, from: string, to: string): unknown {
  const {code, path} = error as NodeJS.ErrnoException;
  if (error instanceof UserError || code === undefined || code.startsWith('ERR_')) return error;
  const reason = code === 'ENOSPC' || code === 'EDQUOT' ? `${to} has no more room` : `${path ?? to}: ${code}`;
  return new UserError(
    `The data could not be copied: ${reason}. It is where it was, in ${from}, and the server can be started.`,
    `Mend that and type the same again: what is in ${to} already need not be copied anew.`,
  );
}
