import {randomUUID} from 'node:crypto';
import {silent} from '../base/log.ts';
import {indexFile} from '../server/indexer.ts';
import {homesIn} from '../store/file/homes-in.ts';
import {inspectHome} from '../store/file/inspect.ts';
import {findLeftovers, findLocked, moveAside, removeLeftover, unlock} from '../store/file/leftovers.ts';
import {claimFolder} from '../store/file/one-server.ts';
import {openFileStore, prepareFileStore} from '../store/file/store.ts';
import type {Repair} from './check.ts';

/**
 * Mends what can be mended in all homes below a DocumentRoot without losing anything, or (`dry`) says what that would be. No server may
 * run; none can start meanwhile. Damaged objects are left where they are: only a person knows what they ought to be.
 */
export async function repairHomes({root, dry}: {root: string; dry: boolean}): Promise<Repair[]> {
  if (dry) return (await plan(root)).map(message => ({state: 'planned', message}));
  await prepareFileStore();
  const startId = randomUUID();
  using _ = await claimFolder(root, startId);
  const repairs: Repair[] = attempt(findLocked(root), unlock);
  const planned = await planIndexes(root);
  const {halfMade} = await findLeftovers(root);
  const failures = new Map<string, string>();
  await using store = await openFileStore({root, log: silent, index: indexFile, startId}).then(opened => ({
    opened,
    [Symbol.asyncDispose]: () => opened.close(),
  }));
  for await (const {home, folder} of homesIn(root)) {
    // To open a home is to mend its index, to write out its journal and to take in its files.
    await store.opened.view(home).catch((error: Error) => failures.set(folder, error.message));
  }
  await store.opened.settle();
  for (const {folder, message} of planned) {
    const reason = failures.get(folder);
    repairs.push(reason === undefined ? {state: 'done', message} : {state: 'failed', message, reason});
  }
  const stamp = new Date().toISOString().replace(/[:.]/g, '');
  repairs.push(...attempt(halfMade, removeLeftover));
  // The journal may have been about to remove them.
  const {withoutOwner} = await findLeftovers(root);
  repairs.push(...attempt(withoutOwner, found => moveAside(root, found, stamp)));
  return repairs;
}

interface Fixable {
  readonly message: string;
}

function attempt<T extends Fixable>(found: readonly T[], mend: (one: T) => void): Repair[] {
  return found.map(one => {
    try {
      mend(one);
      return {state: 'done', message: one.message};
    } catch (error) {
      return {state: 'failed', message: one.message, reason: (error as Error).message};
    }
  });
}

async function plan(root: string): Promise<string[]> {
  const locked = findLocked(root);
  // What lies behind a folder that cannot be read, nobody can say yet.
  if (locked.length > 0) return locked.map(({message}) => message);
  const {halfMade, withoutOwner} = await findLeftovers(root);
  return [...locked, ...(await planIndexes(root)), ...halfMade, ...withoutOwner].map(({message}) => message);
}

/** What opening each home will do. */
async function planIndexes(root: string): Promise<{folder: string; message: string}[]> {
  const planned: {folder: string; message: string}[] = [];
  for await (const {folder} of homesIn(root)) {
    const say = (message: string) => planned.push({folder, message: `${folder}: ${message}`});
    const {index, pending, differences} = await inspectHome(folder, {index: indexFile});
    if (index === 'damaged') say('make its index anew from the files, and keep the damaged one beside it');
    else if (index === 'foreign') say('make its index anew, for it is of another version');
    else if (index === 'absent') say('make its index from the files');
    if (pending > 0) say(`write out ${pending} changes from its journal to the files`);
    if (differences.length > 0) say(`take in what was changed by hand, ${differences.length} in all`);
  }
  return planned;
}
