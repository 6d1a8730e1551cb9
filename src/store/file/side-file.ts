import {createHash} from 'node:crypto';
import {lstatSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import type {Name} from '../../xml/names.ts';
import type {Path} from '../store.ts';
import type {Texts} from './attributes.ts';
import {fileNameOf, fileOf, nameOf, parentOf} from './layout.ts';
import {writeSafely} from './safe-file.ts';

/** Where the texts of a resource are kept for which its extended attributes have no room: beside it, `.<name>.properties`. */
export function sideFileOf(homeFolder: string, path: Path): string {
  if (path === '') return join(homeFolder, '.properties');
  const name = `.${fileNameOf(nameOf(path))}.properties`;
  const fitting = Buffer.byteLength(name) <= 255 ? name : `.${createHash('sha256').update(path).digest('hex')}.properties`;
  return join(fileOf(homeFolder, parentOf(path)), fitting);
}

/** Keeps the texts durably; removes the file where there are none. */
export function writeSideFile(homeFolder: string, path: Path, texts: Texts): void {
  const file = sideFileOf(homeFolder, path);
  if (texts.size === 0) {
    if (lstatSync(file, {throwIfNoEntry: false})) rmSync(file);
  } else writeSafely(homeFolder, file, printSideFile(path, texts));
}

/** What stands in the side file of a resource. */
export function printSideFile(path: Path, texts: Texts): Uint8Array {
  return Buffer.from(`${JSON.stringify({of: nameOf(path), properties: Object.fromEntries(texts)}, undefined, 2)}\n`);
}

/** The reverse of `printSideFile`; none where it is damaged. */
export function parseSideFile(json: string): Texts {
  try {
    const {properties} = JSON.parse(json) as {properties: Record<Name, string>};
    return new Map(Object.entries(properties) as [Name, string][]);
  } catch {
    return new Map();
  }
}

/** The name of the resource whose side file this is; undefined where it is damaged. */
export function sideFileNames(json: string): string | undefined {
  try {
    const {of} = JSON.parse(json) as {of: unknown};
    return typeof of === 'string' ? of : undefined;
  } catch {
    return undefined;
  }
}

/** The texts in the side file; none where there is no such file or it is damaged. */
export function readSideFile(homeFolder: string, path: Path): Texts {
  let json: string;
  try {
    json = readFileSync(sideFileOf(homeFolder, path), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
  return parseSideFile(json);
}
