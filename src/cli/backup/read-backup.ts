import {type FileHandle, open} from 'node:fs/promises';
import {readArchive} from '../../archive/read-archive.ts';
import {type ReadEntry, wholeOf} from '../../archive/read-tar.ts';
import {UserError} from '../../base/user-error.ts';
import {isSideFile} from '../../store/file/restore-home.ts';
import type {CommandIo} from '../command.ts';
import {createProgress} from '../transfer/progress.ts';
import {type Manifest, manifestName, notOurs, type Place, parseManifest, placeOf} from './names.ts';

/** What a backup holds. */
export interface Contents {
  readonly manifest: Manifest;
  readonly homes: number;
  readonly objects: number;
  /** Of the objects. */
  readonly bytes: number;
  /** Of the file. */
  readonly fileBytes: number;
  readonly sha256: string;
}

/** Looks at an entry; its bytes, where they are wanted, are to be taken before it resolves. */
export type Visit = (place: Place, entry: ReadEntry, manifest: Manifest) => Promise<void> | void;

/**
 * Reads a backup from end to end, the manifest first. Throws UserError where it is none, is damaged or cut off, or has an entry that no
 * backup has: only when this has resolved is what was visited known to be what was written.
 */
export async function readBackup(file: FileHandle, name: string, io: CommandIo, what: string, visit?: Visit): Promise<Contents> {
  const {size} = await file.stat();
  if (size === 0) throw notOurs(name);
  const progress = createProgress(io.out, what, 100);
  let percent = 0;
  const position = (bytes: number) => {
    for (const now = Math.floor((bytes / size) * 100); percent < now; percent++) progress.step();
  };
  try {
    const entries = readArchive(file, {name, position});
    let manifest: Manifest | undefined;
    const homes = new Set<string>();
    let last = '';
    /** Of the home that is read: what is a folder, and what a file. */
    const found = new Map<string, boolean>();
    let [objects, bytes] = [0, 0];
    for (;;) {
      const next = await entries.next();
      if (next.done) {
        if (!manifest) throw notOurs(name);
        return {manifest, homes: homes.size, objects, bytes, fileBytes: size, sha256: next.value.sha256};
      }
      const entry = next.value;
      const place = placeOf(entry.name);
      if (!manifest) {
        if (entry.name !== manifestName || entry.folder) throw notOurs(name);
        manifest = parseManifest((await wholeOf(entry, 1 << 20)).toString(), name);
        continue;
      }
      if (place?.of === 'home' && place.home !== last) found.clear();
      if (
        !place ||
        place.of === 'manifest' ||
        !isPossible(place, found) ||
        (place.of !== 'home' && place.of !== 'nothing' && entry.folder)
      ) {
        throw new UserError(
          `${name} holds ${JSON.stringify(entry.name)}, which no backup has.`,
          'Nothing was changed. Do not trust this file.',
        );
      }
      if (place.of === 'home') {
        if (place.path === '' && !entry.folder) throw notOurs(name);
        if (place.home !== last) {
          if (homes.has(place.home) || place.path !== '') throw notOurs(name);
          last = place.home;
          homes.add(last);
        }
        found.set(place.path, entry.folder);
        if (!entry.folder && !/(^|\/)\.[^/]*$/.test(place.path)) {
          objects++;
          bytes += entry.sizeBytes;
        }
      }
      await visit?.(place, entry, manifest);
    }
  } finally {
    progress.end();
  }
}

/** Whether it lies in no file and where nothing lies yet. A side file may come in two parts. */
function isPossible(place: Place, found: ReadonlyMap<string, boolean>): boolean {
  if (place.of !== 'home') return true;
  const {path} = place;
  return (!found.has(path) || isSideFile(path)) && found.get(path.slice(0, Math.max(0, path.lastIndexOf('/')))) !== false;
}

/** Throws UserError where the file cannot be read. */
export async function openBackup(file: string) {
  return open(file).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      error.code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read: ${error.code}.`,
      'Name a file that `caldav backup` has written.',
    );
  });
}

/** A moment as people read it. */
export function printTime(iso: string): string {
  return new Date(iso).toLocaleString('sv');
}
