import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {type FileHandle, open, readdir, readFile, rename, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {proxiesFileIn} from '../../accounts/proxies-file.ts';
import {ArchiveWriter} from '../../archive/write-archive.ts';
import {silent} from '../../base/log.ts';
import {UserError} from '../../base/user-error.ts';
import type {Config} from '../../config/config.ts';
import {holdBack} from '../../scheduling/mail/hold-back.ts';
import {mailFileIn} from '../../scheduling/mail/mail-file.ts';
import {indexFile} from '../../server/indexer.ts';
import {isAlive} from '../../server/pid-file.ts';
import {type BackupItem, backupHome} from '../../store/file/backup-home.ts';
import {homesIn} from '../../store/file/homes-in.ts';
import {folderMode} from '../../store/file/layout.ts';
import {openFileStore, prepareFileStore} from '../../store/file/store.ts';
import type {HomeId} from '../../store/store.ts';
import {asDataOwner} from '../as-data-owner.ts';
import type {CommandIo} from '../command.ts';
import {lockData} from '../data-lock.ts';
import {createProgress} from '../transfer/progress.ts';
import {programVersion} from '../version.ts';
import {formatVersion, homeName, type Manifest, mailName, manifestName, proxiesName} from './names.ts';
import {type Contents, readBackup} from './read-backup.ts';
import {findServerFiles} from './server-files.ts';

/**
 * Writes a backup of the whole server into a file, whether or not the server runs, and reads it again before the file gets its name. What
 * is there of that name is replaced then. A backup that is cut off leaves no file of that name.
 */
export async function makeBackup(file: string, config: Config, io: CommandIo): Promise<Contents> {
  await prepareFileStore();
  await checkTarget(file);
  await sweep(file);
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.part`);
  const handle = await open(temporary, 'wx+', 0o600).catch(error => Promise.reject(explain(error, file)));
  const remove = () => {
    // A signal may come while this process is the account whose the data is.
    if (process.getuid?.() === 0) process.seteuid?.(0);
    rmSync(temporary, {force: true});
  };
  process.on('exit', remove);
  const interrupted = (signal: NodeJS.Signals) => process.exit(signal === 'SIGINT' ? 130 : 143);
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted).once('SIGHUP', interrupted);
  try {
    await handle.chmod(0o600);
    await write(handle, config, io);
    const contents = await readBackup(handle, file, io, 'checking');
    await rename(temporary, file);
    await using folder = await open(dirname(file), 'r');
    await folder.sync();
    return contents;
  } catch (error) {
    throw explain(error, file);
  } finally {
    await handle.close();
    remove();
    process.off('exit', remove);
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted).off('SIGHUP', interrupted);
  }
}

async function write(handle: FileHandle, config: Config, io: CommandIo): Promise<void> {
  const archive = new ArchiveWriter(handle);
  const {files, named} = await findServerFiles(config);
  // Root's files are read by root, and before the account that the data belongs to is taken on.
  const read = await Promise.all(files.map(async ({name, file}) => ({name, ...(await readServerFile(file))})));
  await asDataOwner(config, io, async () => {
    using _ = lockData(config.documentRoot, 'shared');
    const homes: {home: HomeId; folder: string}[] = [];
    for await (const found of homesIn(config.documentRoot)) homes.push(found);
    const made = new Date();
    const manifest: Manifest = {
      program: 'caldav',
      format: existsSync(mailFileIn(config.dataRoot)) ? formatVersion : 1,
      version: programVersion(),
      made: made.toISOString(),
      folder: config.folder,
      ...named,
      homes: homes.length,
    };
    const own = {mode: 0o600, modified: Math.floor(made.getTime() / 1000) * 1000, uid: process.getuid!(), gid: process.getgid!()};
    const add = (name: string, bytes: Uint8Array, about = own) =>
      archive.add({name, folder: false, sizeBytes: bytes.length, attributes: new Map(), ...about}, bytes);
    await add(manifestName, Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`));
    for (const {name, bytes, ...about} of read) await add(name, bytes, about);
    const proxies = await readDatabase(proxiesFileIn(config.dataRoot));
    if (proxies) await add(proxiesName, proxies.bytes, {...own, ...proxies.owner});
    const progress = createProgress(io.out, 'writing accounts', homes.length);
    const above = new Set<string>();
    try {
      for (const found of homes) {
        await writeFoldersAbove(archive, found, above);
        await writeHome(archive, found, config, io);
        progress.step();
      }
    } finally {
      progress.end();
    }
    // After the homes: whoever is invited by what is in them has their token. What one server may send the other must not.
    const mail =
      manifest.format < 2 ? undefined : await readDatabase(mailFileIn(config.dataRoot), copy => holdBack(copy, Date.now()));
    if (mail) await add(mailName, mail.bytes, {...own, ...mail.owner});
    await archive.end(own);
  });
}

/** For tar: whose they are, and who may look into them. The server makes its own. */
async function writeFoldersAbove(
  archive: ArchiveWriter,
  {home, folder}: {home: HomeId; folder: string},
  done: Set<string>,
): Promise<void> {
  const names = homeName(home).split('/');
  const owner = await stat(dirname(folder)).catch(() => undefined);
  for (let depth = 1; owner && depth < names.length; depth++) {
    const name = names.slice(0, depth).join('/');
    if (done.has(name)) continue;
    done.add(name);
    const {uid, gid, mtimeMs} = owner;
    await archive.add({name, folder: true, mode: folderMode, modified: mtimeMs, uid, gid, sizeBytes: 0, attributes: new Map()});
  }
}

async function writeHome(
  archive: ArchiveWriter,
  {home, folder}: {home: HomeId; folder: string},
  config: Config,
  io: CommandIo,
): Promise<void> {
  const mark = await archive.mark();
  const owner = await stat(folder).catch(() => undefined);
  if (!owner) return;
  const {uid, gid} = owner;
  const name = homeName(home);
  const isThere = await backupHome(home, folder, {
    async take(item) {
      const content = item.bytes ?? (item.file === undefined ? new Uint8Array() : bytesOf(item.file, item.sizeBytes));
      await archive.add({...item, uid, gid, name: item.diskPath === '' ? name : `${name}/${item.diskPath}`}, content);
    },
    again: () => archive.rewind(mark),
    repair: () => repairHome(home, config, io),
    withoutJournal: () =>
      io.out.note(
        `The index in ${folder} cannot be read: what had been stored and was not in the files yet is not in the backup.`,
      ),
  });
  if (!isThere) await archive.rewind(mark);
}

/** As the server does when it opens a home. What cannot be done, as on a disk that is read-only, is said where the home is taken. */
async function repairHome(home: HomeId, {documentRoot}: Config, {out}: CommandIo): Promise<void> {
  const log = {...silent, warn: (_: object, message: string) => out.note(message)};
  try {
    const store = await openFileStore({root: documentRoot, log, index: indexFile});
    await store.view(home).finally(() => store.close());
  } catch (error) {
    out.note(`${home}: ${(error as Error).message}`);
  }
}

/** So many bytes, no more where the file has grown. */
async function* bytesOf(file: string, sizeBytes: NonNullable<BackupItem['sizeBytes']>): AsyncIterable<Uint8Array> {
  if (sizeBytes === 0) return;
  await using handle = await open(file);
  yield* handle.createReadStream({end: sizeBytes - 1, autoClose: false});
}

async function readServerFile(file: string) {
  try {
    const [bytes, {mode, mtimeMs, uid, gid}] = await Promise.all([readFile(file), stat(file)]);
    return {bytes, mode: mode & 0o777, modified: mtimeMs, uid, gid};
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    throw new UserError(
      `${file} cannot be read (${code}), and it belongs to the server.`,
      code === 'ENOENT' ? 'caldav doctor tells what is missing.' : 'Run the command as the account that owns it, or as root.',
    );
  }
}

/** The file as SQLite gives it at one moment, whoever writes to it. `change`: what is done to the copy. */
async function readDatabase(
  file: string,
  change?: (copy: string) => void,
): Promise<{bytes: Uint8Array; owner: {uid: number; gid: number}} | undefined> {
  const owner = await stat(file).catch(() => undefined);
  if (!owner) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'caldav-backup-'));
  try {
    const copy = join(folder, 'copy.sqlite');
    const database = new DatabaseSync(file, {timeout: 5_000});
    try {
      database.prepare('VACUUM INTO ?').run(copy);
    } finally {
      database.close();
    }
    change?.(copy);
    return {bytes: await readFile(copy), owner: {uid: owner.uid, gid: owner.gid}};
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** An older backup makes way for the new one, and nothing else. Throws UserError. */
async function checkTarget(file: string): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  if (there?.isDirectory()) throw new UserError(`${file} is a folder.`, `Name a file in it: ${join(file, 'calendars.tar.gz')}`);
  if (!there?.isFile() || there.size === 0) return;
  await using handle = await open(file);
  const {buffer} = await handle.read(Buffer.alloc(2), 0, 2, 0);
  if (buffer.readUInt16BE() !== gzipMagic)
    throw new UserError(`${file} is there already, and is no backup.`, 'Name another file.');
}

const gzipMagic = 0x1f8b;

/** What backups that were killed have left. */
async function sweep(file: string): Promise<void> {
  const prefix = `.${basename(file)}.`;
  for (const name of await readdir(dirname(file)).catch(() => [])) {
    const pid = name.startsWith(prefix) && /^(\d+)\.part$/.exec(name.slice(prefix.length))?.[1];
    if (pid && !isAlive(Number(pid))) await rm(join(dirname(file), name), {force: true});
  }
}

function explain(error: unknown, file: string): unknown {
  const {code, syscall} = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new UserError(`There is not enough room for ${file}.`, 'Nothing was changed. Name a place with more room.');
  if (error instanceof UserError || !syscall || !['open', 'rename', 'chmod', 'write'].includes(syscall)) return error;
  const fix =
    code === 'ENOENT' ? `Make its folder: mkdir -p ${dirname(file)}` : 'Name another place, or run it as another account.';
  return new UserError(`${file} cannot be written: ${code}.`, fix);
}
