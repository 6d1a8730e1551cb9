import {existsSync, lstatSync} from 'node:fs';
import {join} from 'node:path';
import type {DatabaseSync} from 'node:sqlite';
import {isDamage, isUnwritable} from '../../base/disk-errors.ts';
import type {HomeId} from '../store.ts';
import {openIndex, withWriteLock} from './index-file.ts';
import {type HomeReport, openWithoutTrace} from './inspect.ts';
import {indexName} from './layout.ts';
import {OpenHome} from './open-home.ts';
import {signatureAt} from './signature.ts';

/** A home's index as it is at one moment, whoever writes to it meanwhile. */
export interface Moment {
  readonly state: HomeReport['index'];
  /** Undefined where there is no sound index. */
  readonly database: DatabaseSync | undefined;
  /** Nobody can write meanwhile. */
  readonly still: boolean;
  /** Whether what was read is sure to be of that moment. */
  isWhole(): boolean;
  close(): void;
}

/** Opens the index to look at; `alone`: nobody else writes to the home until it is closed. Undefined: there is no such home. */
export async function openMoment(home: HomeId, folder: string, alone: boolean): Promise<Moment | undefined> {
  if (!lstatSync(folder, {throwIfNoEntry: false})?.isDirectory()) return undefined;
  const moment = (alone && (await openAlone(home, folder))) || openBeside(folder, alone);
  if (!moment.database?.prepare('SELECT 1 FROM meta WHERE deleted = 1').get()) return moment;
  moment.close();
  return undefined;
}

/** Leaves no trace; what is stored from now on is not seen. */
function openBeside(folder: string, alone: boolean): Moment {
  const file = join(folder, indexName);
  const look = () => `${signatureAt(file)} ${existsSync(`${file}-wal`)}`;
  const before = look();
  const hasLog = existsSync(`${file}-wal`);
  const {state, database, close} = openWithoutTrace(file);
  database?.exec('BEGIN');
  database?.prepare('SELECT revision FROM meta').get();
  return {
    state,
    database,
    still: alone || !database,
    // Without a log it was taken as it stands: a server may have opened it since.
    isWhole: () => hasLog || alone || look() === before,
    close,
  };
}

/** With the write lock; undefined where it cannot be had, because the disk cannot be written to or there is no sound index. */
async function openAlone(home: HomeId, folder: string): Promise<Moment | undefined> {
  const file = join(folder, indexName);
  if (!existsSync(file)) return undefined;
  let open: OpenHome | undefined;
  try {
    const database = openIndex(file);
    if (!database) return undefined;
    open = new OpenHome(home, folder, database, false);
    await withWriteLock(database, () => undefined);
    if (!open.isCurrent()) throw new Error(`the index of ${folder} was replaced`);
    return {state: 'sound', database, still: true, isWhole: () => true, close: () => end(open!)};
  } catch (error) {
    if (open) end(open);
    if (isDamage(error) || isUnwritable(error)) return undefined;
    throw error;
  }
}

function end(open: OpenHome): void {
  if (open.database.isOpen && open.database.isTransaction) open.database.exec('ROLLBACK');
  open.close();
}
