import {existsSync} from 'node:fs';
import {chown, type FileHandle, mkdir, readdir, readFile, rename, rm, stat} from 'node:fs/promises';
import {dirname, join, sep} from 'node:path';
import {proxiesFileIn} from '../../accounts/proxies-file.ts';
import {wholeOf} from '../../archive/read-tar.ts';
import {explainUnwritable} from '../../base/disk-errors.ts';
import {silent} from '../../base/log.ts';
import {replaceFile} from '../../base/replace-file.ts';
import {UserError} from '../../base/user-error.ts';
import type {Config} from '../../config/config.ts';
import {inspectConfig, loadConfig} from '../../config/load.ts';
import {deliveriesFileIn, openDeliveriesFile} from '../../scheduling/deliveries-file.ts';
import {newHolder} from '../../scheduling/holder.ts';
import {holdBack} from '../../scheduling/mail/hold-back.ts';
import {mailFileIn} from '../../scheduling/mail/mail-file.ts';
import {outboxIn} from '../../scheduling/scheduling-collection.ts';
import {indexFile} from '../../server/indexer.ts';
import {type Account, currentIdentity, planAccount} from '../../server/privileges.ts';
import {canReach} from '../../setup/look.ts';
import {escapeFolder} from '../../setup/plan.ts';
import {homesIn} from '../../store/file/homes-in.ts';
import {isInternal, nameOfFile, trees} from '../../store/file/layout.ts';
import {HomeRestorer} from '../../store/file/restore-home.ts';
import {syncFolder} from '../../store/file/safe-file.ts';
import {openFileStore, prepareFileStore} from '../../store/file/store.ts';
import type {HomeId, HomeView} from '../../store/store.ts';
import {asDataOwner} from '../as-data-owner.ts';
import type {CommandIo} from '../command.ts';
import {checkPlace, whileStopped} from '../data-place.ts';
import {indexHomes} from '../index-homes.ts';
import {type Places, planPlaces, targetsOf} from './places.ts';
import {type Contents, readBackup} from './read-backup.ts';

/** A backup that was read once, and what is to be done with it. */
export interface ServerPlan {
  readonly contents: Contents;
  readonly places: Places;
  /** The configuration that is there now. */
  readonly present: Config | undefined;
  /** By their names in the archive. */
  readonly configuration: ReadonlyMap<string, ServerFile>;
  /** Files that get other contents; they are kept beside, under another name. */
  readonly replaced: readonly string[];
  /** There are calendars already, which are kept aside. */
  readonly overData: boolean;
}

interface ServerFile {
  readonly bytes: Buffer;
  readonly mode: number;
}

const mostFileBytes = 16 << 20;

/** Reads the whole backup and decides where everything goes. Changes nothing. */
export async function planServer(handle: FileHandle, file: string, io: CommandIo): Promise<ServerPlan> {
  const configuration = new Map<string, ServerFile>();
  const contents = await readBackup(handle, file, io, 'checking', async (place, entry) => {
    if (place.of === 'configuration')
      configuration.set(entry.name, {bytes: await wholeOf(entry, mostFileBytes), mode: entry.mode & 0o777});
  });
  const plist = configuration.get(contents.manifest.config);
  if (!plist) throw new UserError(`${file} has no configuration in it.`);
  const present = existsSync(io.configFile) ? loadConfig({file: io.configFile, folder: io.dir}) : undefined;
  const home = present ? io.dir : await homeFor(plist.bytes.toString(), io);
  const places = planPlaces(contents.manifest, plist.bytes.toString(), {io, present, home});
  const targets = [...configuration].flatMap(([name, {bytes}]) =>
    targetsOf(name, contents.manifest, places, io.dir).map(target => ({target, bytes})),
  );
  const replaced: string[] = [];
  for (const {target, bytes} of [...targets, {target: io.configFile, bytes: Buffer.from(places.text)}]) {
    const there = await readFile(target).catch(() => undefined);
    if (there && !there.equals(bytes)) replaced.push(target);
  }
  return {contents, places, present, configuration, replaced, overData: await holdsObjects(places.config.documentRoot)};
}

/** As `caldav setup` decides it: root's account may not be able to get into the folder. */
async function homeFor(plist: string, io: CommandIo): Promise<string> {
  const {config} = inspectConfig({file: io.configFile, folder: io.dir, text: plist});
  if (currentIdentity().uid !== 0 || !config?.userName) return io.dir;
  const account = planAccount(config, currentIdentity(), () => {});
  return (await canReach(io.dir, account)) ? io.dir : join('/var/lib/caldav', escapeFolder(io.dir));
}

/** Puts everything in place. What can be made beforehand is; then the homes come in at one go, and the plist at last. */
export async function restoreServer(
  handle: FileHandle,
  file: string,
  plan: ServerPlan,
  io: CommandIo,
): Promise<{aside: string[]}> {
  const {places, present, contents} = plan;
  const {config} = places;
  await prepareFileStore();
  const aside: string[] = [];
  const stamp = `before-${new Date().toISOString().replace(/[:.]/g, '')}`;
  await whileStopped(present ?? config, config.documentRoot, async () => {
    await makeDataFolders(config, io.dir);
    await asDataOwner(config, io, async () => {
      await checkPlace(config.documentRoot, {bytes: contents.bytes, files: contents.objects});
      aside.push(...(await restoreData(handle, file, plan, stamp, io).catch(error => Promise.reject(explain(error, config)))));
    });
    aside.push(...(await restoreConfiguration(plan, stamp, io)));
  });
  return {aside};
}

async function restoreData(
  handle: FileHandle,
  file: string,
  {contents, places}: ServerPlan,
  stamp: string,
  io: CommandIo,
): Promise<string[]> {
  const {documentRoot, dataRoot} = places.config;
  const staging = join(documentRoot, '.restoring');
  const clear = async () => {
    await rm(staging, {recursive: true, force: true});
    for (const {temporary} of databases)
      for (const suffix of suffixes) await rm(join(dataRoot, temporary + suffix), {force: true});
  };
  await clear();
  await mkdir(staging, {mode: 0o700});
  let restorer: HomeRestorer | undefined;
  let last = '';
  try {
    const read = await readBackup(handle, file, io, 'restoring', async (place, entry) => {
      const database = databases.find(({of}) => of === place.of);
      if (database) await replaceFile(join(dataRoot, database.temporary), await wholeOf(entry), {mode: 0o600});
      if (place.of !== 'home') return;
      if (place.home !== last) {
        await restorer?.end();
        last = place.home;
        restorer = new HomeRestorer(staging, place.home);
      }
      await restorer!.put({...entry, diskPath: place.path});
    });
    await restorer?.end();
    if (read.sha256 !== contents.sha256) throw new UserError(`${file} has changed while it was read.`, 'Type the same again.');
    oweAgain(dataRoot, await makeIndexes(staging, read.homes, io));
  } catch (error) {
    await restorer?.[Symbol.asyncDispose]();
    await clear();
    throw error;
  }
  return exchange({documentRoot, dataRoot, staging}, stamp);
}

/** What is in DataRoot beside the calendars, and the name it has until everything is there. `of`: what it is in a backup. */
const databases = [
  {of: 'proxies', temporary: '.restoring.sqlite', fileIn: proxiesFileIn},
  {of: 'mail', temporary: '.restoring-mail.sqlite', fileIn: mailFileIn},
  {of: 'deliveries', temporary: '.restoring-deliveries.sqlite', fileIn: deliveriesFileIn},
] as const;

const suffixes = ['', '-wal', '-shm'] as const;

/**
 * What lay in Outboxes is owed again: whoever has it already is not changed by it. What would go by mail is not sent, also where the backup
 * says nothing of what was.
 */
function oweAgain(dataRoot: string, owing: readonly HomeId[]): void {
  if (owing.length === 0) return;
  const [, mail, deliveries] = databases;
  using file = openDeliveriesFile(join(dataRoot, deliveries.temporary));
  for (const home of owing) file.owe(home, newHolder('restore'));
  if (!existsSync(join(dataRoot, mail.temporary))) holdBack(join(dataRoot, mail.temporary), Date.now());
}

/** Answers the homes whose Outboxes are not empty. */
async function makeIndexes(root: string, homes: number, {out}: CommandIo): Promise<HomeId[]> {
  // Of each home it says that there is no index yet.
  const warn = (details: object, message: string) => void ('file' in details && out.note(`${details.file}: ${message}`));
  const store = await openFileStore({root, log: {...silent, warn}, index: indexFile});
  const owing: HomeId[] = [];
  const look = (view: HomeView) => {
    const outbox = outboxIn(view);
    if (outbox && [...view.members(outbox.path)].length > 0) owing.push(view.home);
  };
  await indexHomes(store, homes, out, look).finally(() => store.close());
  return owing;
}

function explain(error: unknown, {documentRoot}: Config): unknown {
  const {code, path} = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new UserError(
      `There is no more room in ${documentRoot}. What was there is as it was.`,
      'Make room and type the same again.',
    );
  if (code === 'EEXIST')
    return new UserError(
      `${path} is there already: the disk takes names for one that differ only in case. What was there is as it was.`,
      'Restore to a disk like that of the server.',
    );
  return explainUnwritable(error, documentRoot);
}

async function exchange(
  {documentRoot, dataRoot, staging}: {documentRoot: string; dataRoot: string; staging: string},
  stamp: string,
): Promise<string[]> {
  const kept: string[] = [];
  for (const tree of trees) {
    const [from, to] = [join(staging, tree), join(documentRoot, tree)];
    if (existsSync(to)) {
      const old = join(documentRoot, `.${stamp}`, tree);
      await mkdir(dirname(old), {recursive: true, mode: 0o700});
      await rename(to, old);
      if (await holdsObjects(dirname(old))) kept.push(old);
    }
    if (existsSync(from)) await rename(from, to);
  }
  for (const {temporary, fileIn} of databases) {
    const file = fileIn(dataRoot);
    for (const suffix of suffixes) {
      if (!existsSync(file + suffix)) continue;
      await rename(file + suffix, `${file}.${stamp}${suffix}`);
      if (suffix === '') kept.push(`${file}.${stamp}`);
    }
    if (existsSync(join(dataRoot, temporary))) await rename(join(dataRoot, temporary), file);
  }
  await rm(staging, {recursive: true, force: true});
  for (const folder of new Set([documentRoot, dataRoot])) syncFolder(folder);
  return kept;
}

async function restoreConfiguration(
  {configuration, contents, places, replaced}: ServerPlan,
  stamp: string,
  io: CommandIo,
): Promise<string[]> {
  const kept: string[] = [];
  const put = async (target: string, {bytes, mode}: ServerFile) => {
    await mkdir(dirname(dirname(target)), {recursive: true, mode: 0o755});
    await mkdir(dirname(target), {recursive: true, mode: /\/(auth|tls)$/.test(dirname(target)) ? 0o700 : 0o755});
    if (replaced.includes(target)) {
      const {mode: before} = await stat(target);
      await replaceFile(`${target}.${stamp}`, await readFile(target), {mode: before & 0o777});
      kept.push(`${target}.${stamp}`);
    }
    await replaceFile(target, bytes, {mode});
  };
  for (const [name, file] of configuration)
    for (const target of targetsOf(name, contents.manifest, places, io.dir)) await put(target, file);
  await put(io.configFile, {bytes: Buffer.from(places.text), mode: configuration.get(contents.manifest.config)!.mode});
  return kept;
}

/** The folders that the server writes to, in the hands of the account that it becomes. */
async function makeDataFolders(config: Config, dir: string): Promise<void> {
  const folders = [config.dataRoot, config.documentRoot, dirname(config.logs.errorLogFile), dirname(config.logs.accessLogFile)];
  const owner = await ownerFor(config, dir);
  for (const folder of new Set([...folders, dirname(config.pidFile), dirname(config.controlSocket)])) {
    const first = await mkdir(folder, {recursive: true, mode: 0o750});
    if (first === undefined || !owner) continue;
    for (let path = folder; path.length >= first.length; path = dirname(path)) await chown(path, owner.uid, owner.gid);
  }
}

async function ownerFor(config: Config, dir: string): Promise<Pick<Account, 'uid' | 'gid'> | undefined> {
  const identity = currentIdentity();
  if (identity.uid !== 0) return undefined;
  if (config.userName) return planAccount(config, identity, () => {});
  const {uid, gid} = await stat(dir);
  if (uid !== 0) return {uid, gid};
  throw new UserError(
    'The backup is of a server that an ordinary account runs (it names no UserName), and this is root.',
    'Type the same as the account that is to run it, in a folder of its own.',
  );
}

/** Whether any home below has an object in it. */
async function holdsObjects(documentRoot: string): Promise<boolean> {
  for await (const {folder} of homesIn(documentRoot)) {
    for (const entry of await readdir(folder, {withFileTypes: true, recursive: true})) {
      if (entry.isFile() && nameOfFile(entry.name) !== undefined && !entry.parentPath.split(sep).some(isInternal)) return true;
    }
  }
  return false;
}
