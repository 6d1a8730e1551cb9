import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {setTimeout as delay} from 'node:timers/promises';
import {isBusy} from '../../base/disk-errors.ts';
import {UserError} from '../../base/user-error.ts';

/** Workers whose supervisor was killed finish what is under way, and are gone in a moment. */
const patienceMs = 5_000;

/**
 * Says that the server with this start id serves the folder, until it is disposed of or the process is gone: the lock is the operating
 * system's. Processes of one start share it; commands that work beside a server do not ask for it. Throws UserError where another
 * server has it. A disk that cannot be written to is served without.
 */
export async function claimFolder(root: string, startId: string): Promise<Disposable> {
  for (const start = Date.now(); ; await delay(100)) {
    const claim = tryClaim(root, startId);
    if (claim) return claim;
    if (Date.now() - start < patienceMs) continue;
    throw new UserError(
      `Another server serves the data in ${root} already.`,
      'Stop it first, or name a folder of its own for each in DocumentRoot.',
    );
  }
}

function tryClaim(root: string, startId: string): Disposable | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(root, '.server.sqlite'), {timeout: 5});
    writeIfAlone(database, startId);
    // Open for as long as the process lives: a transaction that reads keeps all others from writing.
    database.exec('BEGIN');
    const {start_id} = database.prepare('SELECT start_id FROM server').get() ?? {};
    if (start_id === startId) return database;
  } catch (error) {
    if (!isBusy(error)) return database ?? new DisposableStack();
  }
  database?.close();
  return undefined;
}

/** Whoever reads holds this back; who comes second of one start finds its id there already. */
function writeIfAlone(database: DatabaseSync, startId: string): void {
  try {
    database.exec('BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS server (start_id TEXT); DELETE FROM server');
    database.prepare('INSERT INTO server VALUES (?)').run(startId);
    database.exec('COMMIT');
  } catch (error) {
    if (!isBusy(error)) throw error;
    if (database.isTransaction) database.exec('ROLLBACK');
  }
}
