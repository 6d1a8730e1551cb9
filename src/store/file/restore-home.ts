import {mkdirSync} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {Name} from '../../xml/names.ts';
import type {HomeId, Path} from '../store.ts';
import {isOurs, nativeNameOf} from './attribute-names.ts';
import {isLackOfRoom, type Texts, unpackAttributes, writeAttributes} from './attributes.ts';
import {homeFolder, nameOfFile} from './layout.ts';
import {requireNativeAttributes} from './native-attributes.ts';
import {makeFolders, syncFolder} from './safe-file.ts';
import {parseSideFile, readSideFile, sideFileNames, writeSideFile} from './side-file.ts';

/** What comes out of a backup: a `BackupItem`, on its way back. */
export interface RestoreItem {
  readonly diskPath: string;
  readonly folder: boolean;
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly attributes: ReadonlyMap<string, Uint8Array>;
  bytes(): AsyncIterable<Uint8Array>;
}

/** The attributes of an item by the names they have here: those of ours are not called the same on every system. */
export function attributesHere(attributes: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  return new Map([...attributes].map(([name, value]) => [nativeNameOf(name), value]));
}

/** The resource that lies there; undefined where what lies there is none. */
export function resourceAt(diskPath: string): Path | undefined {
  if (diskPath === '') return '';
  const names = diskPath.split('/').map(nameOfFile);
  return names.every(name => name !== undefined) ? names.join('/') : undefined;
}

/** Whose side file it is, with the texts in it; undefined where it is none. */
export function sideFileOwner(diskPath: string, json: string): {path: Path; texts: Texts} | undefined {
  const slash = diskPath.lastIndexOf('/');
  if (diskPath.slice(slash + 1) === '.properties') return slash < 0 ? {path: '', texts: parseSideFile(json)} : undefined;
  const of = sideFileNames(json);
  const parent = resourceAt(diskPath.slice(0, Math.max(0, slash)));
  if (of === undefined || parent === undefined) return undefined;
  return {path: parent === '' ? of : `${parent}/${of}`, texts: parseSideFile(json)};
}

export const isSideFile = (diskPath: string) => /(^|\/)\.([^/]*\.)?properties$/.test(diskPath);

const mostOpen = 64;

/** Puts a home's files where no home is yet. They are durable once `end` has resolved; their index is made when the home is opened. */
export class HomeRestorer {
  readonly #home: string;
  readonly #unsynced: FileHandle[] = [];
  readonly #folders: string[] = [];

  constructor(root: string, home: HomeId) {
    this.#home = homeFolder(root, home);
    makeFolders(this.#home);
  }

  async put({diskPath, folder, mode, modified, attributes, bytes}: RestoreItem): Promise<void> {
    const file = join(this.#home, diskPath);
    if (folder) {
      mkdirSync(file, {recursive: true, mode: 0o750});
      this.#folders.push(file);
    } else if (isSideFile(diskPath)) {
      const parts: Uint8Array[] = [];
      for await (const part of bytes()) parts.push(part);
      const owner = sideFileOwner(diskPath, Buffer.concat(parts).toString());
      // What had no room here either lies in the side file already.
      if (owner) writeSideFile(this.#home, owner.path, new Map([...readSideFile(this.#home, owner.path), ...owner.texts]));
      return;
    } else {
      // Its folder may have been removed by hand before the backup was made, and the file still been in the journal.
      mkdirSync(dirname(file), {recursive: true, mode: 0o750});
      const handle = await open(file, 'wx', 0o600);
      this.#unsynced.push(handle);
      await handle.chmod(mode & 0o777);
      for await (const part of bytes()) await handle.writeFile(part);
      await handle.utimes(modified / 1000, modified / 1000);
    }
    this.#attributes(diskPath, file, attributesHere(attributes));
    if (this.#unsynced.length >= mostOpen) await this.#sync();
  }

  async end(): Promise<void> {
    await this.#sync();
    for (const folder of this.#folders.reverse()) syncFolder(folder);
    syncFolder(this.#home);
  }

  /** Releases what is open, where it went wrong. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#unsynced.splice(0).map(handle => handle.close()));
  }

  #attributes(diskPath: string, file: string, attributes: ReadonlyMap<string, Uint8Array>): void {
    const left = new Map<Name, string>(writeAttributes(file, unpackAttributes(attributes), {fresh: true}));
    const path = resourceAt(diskPath);
    if (left.size > 0 && path !== undefined) writeSideFile(this.#home, path, left);
    for (const [name, value] of attributes) {
      if (isOurs(name)) continue;
      try {
        requireNativeAttributes().setAttributeSync(file, name, Buffer.from(value));
      } catch (error) {
        if (!isLackOfRoom(error)) throw error;
      }
    }
  }

  async #sync(): Promise<void> {
    const handles = this.#unsynced.splice(0);
    await Promise.all(handles.map(handle => handle.sync().finally(() => handle.close())));
  }
}
