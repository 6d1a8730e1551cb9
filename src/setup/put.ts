import {copyFile, lstat} from 'node:fs/promises';
import {replaceFile} from '../base/replace-file.ts';
import type {PlannedPath} from './planned.ts';
import type {Work} from './step.ts';

/** Writes a file as planned: nothing where it is kept, with a backup beside it where it is replaced by force. */
export async function put({path, action, mode}: PlannedPath, contents: string, {backupEnd}: Work): Promise<void> {
  if (action === 'keep') return;
  if (action === 'replace' && backupEnd && (await isFile(path))) await copyFile(path, `${path}.${backupEnd}`);
  await replaceFile(path, contents, {mode});
}

async function isFile(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
