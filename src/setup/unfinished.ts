import {readdir, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {replaceFile} from '../base/replace-file.ts';
import type {Answers} from './answers.ts';

/**
 * What a set-up has begun: there while it is under way, and left behind by one that was interrupted, so that the next continues with
 * the same answers. It holds no secret.
 */
export interface Unfinished {
  readonly answers: Answers;
  /** accounts.xml is this set-up's own, with passwords that nobody has seen yet. */
  readonly madeAccounts: boolean;
}

function fileIn(folder: string): string {
  return join(folder, 'conf/.setup-unfinished.json');
}

/** What an earlier set-up of this folder had begun; undefined: none, or it was finished. */
export async function readUnfinished(folder: string): Promise<Unfinished | undefined> {
  try {
    return JSON.parse(await readFile(fileIn(folder), 'utf8'));
  } catch {
    return undefined; // none, or one that a power cut has cut short: then everything is looked at afresh
  }
}

/** The folder conf/ must be there. */
export async function writeUnfinished(folder: string, unfinished: Unfinished): Promise<void> {
  await replaceFile(fileIn(folder), `${JSON.stringify(unfinished, null, 2)}\n`, {mode: 0o600});
}

/** The set-up is finished: its note goes, and what `replaceFile` could not put in its place where an earlier one was killed. */
export async function removeUnfinished(folder: string): Promise<void> {
  for (const name of ['conf', 'conf/auth', 'conf/tls']) {
    const files = await readdir(join(folder, name)).catch(() => []);
    for (const file of files) if (/^\.[0-9a-f-]{36}\.new$/.test(file)) await rm(join(folder, name, file));
  }
  await rm(fileIn(folder), {force: true});
}
