import {randomUUID} from 'node:crypto';
import {open, realpath, rename, rm, stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';

/** Whose a new file is and who may read it; where the file is there already, its own mode and owner are kept instead. */
export interface FileAccess {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Puts new contents in a file's place in one step: whoever reads it sees the old or the new, never a part, also after a power cut.
 * A symbolic link stays one; what it points to is replaced.
 */
export async function replaceFile(file: string, contents: string | Uint8Array, access: FileAccess = {}): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const before = await stat(target).catch(() => undefined);
  const temporary = join(dirname(target), `.${randomUUID()}.new`);
  const mode = before ? before.mode & 0o7777 : (access.mode ?? 0o666 & ~process.umask());
  try {
    await using handle = await open(temporary, 'wx', 0o600);
    await handle.writeFile(contents);
    const [uid, gid] = before ? [before.uid, before.gid] : [access.uid, access.gid];
    if (process.geteuid?.() === 0 && (uid !== undefined || gid !== undefined)) await handle.chown(uid ?? 0, gid ?? 0);
    await handle.chmod(mode);
    await handle.sync();
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, {force: true});
    throw error;
  }
  await using folder = await open(dirname(target), 'r');
  await folder.sync();
}
