import {statSync} from 'node:fs';
import {join} from 'node:path';
import {isLackOfRoom} from '../base/disk-errors.ts';
import {NoRoom} from '../base/no-room.ts';
import {openSharedDatabase} from '../base/shared-database.ts';
import type {Directory} from './principal.ts';
import {type Delegation, joinProxies, type Proxies, type ProxyAccess} from './proxies.ts';

/** What owners have set of who acts for them: a file that all processes of a server, and the command line, read and write. */
export interface ProxiesFile extends Disposable {
  /** Joined with the accounts, as both are now. Cheap where nothing has changed since it was last asked. */
  with(directory: Directory): Proxies;
  /** As set, whether those named are still there or not. */
  list(): readonly Delegation[];
  /** Answers whether that is new. */
  add(delegation: Delegation): boolean;
  /** Answers whether it was there. */
  remove(delegation: Delegation): boolean;
  /** Removes whatever names this GUID, as owner or as delegate. */
  forget(guid: string): void;
}

/** Where a server keeps it, in its DataRoot. */
export function proxiesFileIn(dataRoot: string): string {
  return join(dataRoot, 'proxies.sqlite');
}

/**
 * Opens the file, made where there is none; one that is put in its place while it is open is taken instead. `:memory:` keeps all of it
 * in this process. Throws UserError where it cannot be used.
 */
export function openProxiesFile(file: string): ProxiesFile {
  let open = connect(file);
  let joined: {directory: Directory; version: number; proxies: Proxies} | undefined;
  const current = () => {
    if (open.inode === inodeOf(file)) return open;
    const next = connect(file);
    open.database.close();
    joined = undefined;
    open = next;
    return open;
  };
  /** What this connection changes itself, data_version does not tell. */
  const change = <T>(work: (connection: Connection) => T): T => {
    const connection = current();
    joined = undefined;
    try {
      return work(connection);
    } catch (error) {
      throw isLackOfRoom(error) ? new NoRoom((error as Error).message, {cause: error}) : error;
    }
  };
  const list = () => current().all.all() as unknown as readonly Delegation[];
  const set: Proxies['set'] = async (owner, access, members) => change(connection => replace(connection, owner, access, members));

  return {
    with(directory) {
      const version = Number(current().version.get()!.data_version);
      if (joined?.directory === directory && joined.version === version) return joined.proxies;
      joined = {directory, version, proxies: joinProxies(directory, list(), set)};
      return joined.proxies;
    },
    list,
    add: ({owner, access, member}) => change(({insert}) => insert.run(owner, access, member).changes > 0),
    remove: ({owner, access, member}) => change(connection => connection.remove.run(owner, access, member).changes > 0),
    forget: guid => change(connection => void connection.forget.run(guid, guid)),
    [Symbol.dispose]: () => open.database.close(),
  };
}

const proxies = {
  tables: `CREATE TABLE IF NOT EXISTS proxies (
    owner TEXT NOT NULL, access TEXT NOT NULL CHECK (access IN ('read', 'write')), member TEXT NOT NULL,
    PRIMARY KEY (owner, access, member)) STRICT, WITHOUT ROWID`,
  holds: 'who may act for whom',
  withoutIt: 'everybody names their delegates again',
};

type Connection = ReturnType<typeof connect>;

function connect(file: string) {
  const database = openSharedDatabase(file, proxies);
  return {
    database,
    inode: inodeOf(file),
    version: database.prepare('PRAGMA data_version'),
    all: database.prepare('SELECT owner, access, member FROM proxies ORDER BY owner, access, member'),
    insert: database.prepare('INSERT OR IGNORE INTO proxies (owner, access, member) VALUES (?, ?, ?)'),
    remove: database.prepare('DELETE FROM proxies WHERE owner = ? AND access = ? AND member = ?'),
    empty: database.prepare('DELETE FROM proxies WHERE owner = ? AND access = ?'),
    forget: database.prepare('DELETE FROM proxies WHERE owner = ? OR member = ?'),
  };
}

/** Which file is at the path; undefined where there is none. */
function inodeOf(file: string): string | undefined {
  const stats = statSync(file, {throwIfNoEntry: false});
  return stats && `${stats.dev} ${stats.ino}`;
}

function replace({database, empty, insert}: Connection, owner: string, access: ProxyAccess, members: readonly string[]): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    empty.run(owner, access);
    for (const member of members) insert.run(owner, access, member);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
