import {parentPort} from 'node:worker_threads';
import {codesOf} from '../../base/disk-errors.ts';
import {failpoint} from '../../base/failpoint.ts';
import type {Log} from '../../base/log.ts';
import type {Path} from '../store.ts';
import {apply, StaleFile} from './apply.ts';
import {createHomeFolder} from './home-folder.ts';
import {parentOf} from './layout.ts';
import type {FromThread, Settings, Tasks, ToThread} from './messages.ts';
import {requireNativeAttributes} from './native-attributes.ts';
import type {OpenHome} from './open-home.ts';
import {OpenHomes} from './open-homes.ts';
import type {Outcome, Work} from './operations.ts';
import {holds} from './reads.ts';
import {clearWorkshop} from './repair.ts';
import {type Parsed, type Rescanning, rescan} from './rescan.ts';

const port = parentPort!;
const send = (message: FromThread) => port.postMessage(message);

const parsing = new Map<number, (answers: readonly Parsed[]) => void>();
let lastParse = 0;

const tell = (level: 'debug' | 'info' | 'warn' | 'error') => (details: object, message: string) =>
  send({sort: 'log', level, details: plain(details), message});
const log: Log = {debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error')};

const by: Rescanning = {
  log,
  parse(files) {
    if (files.length === 0) return Promise.resolve([]);
    const id = ++lastParse;
    send({sort: 'parse', id, files});
    return new Promise(resolve => parsing.set(id, resolve));
  },
};

let settings: Settings = {root: '', startId: ''};
let homes = new OpenHomes('', '', by);

const tasks: {[name in keyof Tasks]: (ask: Tasks[name]['ask']) => Promise<Tasks[name]['answer']>} = {
  async open({home, suspect}) {
    return (await homes.open(home, suspect)) !== undefined;
  },
  async keep({home, works}) {
    const outcomes = await homes.use(home, open => keep(open, works));
    if (outcomes) homes.writeOutSoon(home);
    return outcomes ?? works.map(() => 'missing' as const);
  },
  async rescan({home, collections}) {
    await homes.use(home, async open => {
      for (const collection of collections) await rescan(open, collection, false, by);
    });
    homes.writeOutSoon(home);
    return undefined;
  },
  async create({home, operations}) {
    const made = createHomeFolder(settings.root, home, operations, settings.startId, homes.folds);
    if (made) await homes.open(home);
    return made;
  },
  async delete({home}) {
    return homes.remove(home);
  },
  async settle({home}) {
    const open = await homes.open(home);
    if (open) {
      clearWorkshop(open.folder);
      homes.writeOutSoon(home);
    }
    await homes.settle(home);
    return undefined;
  },
  async close() {
    await homes.close();
    return undefined;
  },
};

port.on('message', (message: ToThread) => {
  if (message.sort === 'parsed') {
    parsing.get(message.id)?.(message.answers);
    parsing.delete(message.id);
  } else if (message.sort === 'start') {
    settings = message.settings;
    homes = new OpenHomes(settings.root, settings.startId, by);
  } else {
    const {id, name, ask} = message;
    (tasks[name] as (ask: unknown) => Promise<unknown>)(ask).then(
      answer => send({sort: 'done', id, answer}),
      (error: unknown) => {
        send({sort: 'failed', id, error: error instanceof Error ? error : new Error(String(error)), codes: codesOf(error)});
      },
    );
  }
});

/** All units in one transaction, each kept or not by itself. The promise is given once it is committed. */
async function keep(open: OpenHome, works: readonly Work[]): Promise<Outcome[]> {
  const stale = new Set<Path>();
  const outcomes = await open.exclusively(ledger =>
    works.map((work): Outcome => {
      if (!holds(ledger.look, work.reads)) return 'conflict';
      open.database.exec('SAVEPOINT unit');
      try {
        for (const operation of work.operations) {
          apply(ledger, open.folder, operation);
          failpoint('operation applied');
        }
        ledger.raise();
        open.database.exec('RELEASE unit');
        return 'kept';
      } catch (error) {
        // On a full disk SQLite may have taken back everything.
        if (!open.database.isTransaction) throw error;
        open.database.exec('ROLLBACK TO unit; RELEASE unit');
        ledger.forget();
        if (error instanceof StaleFile) stale.add(error.path);
        else if (!(error instanceof Error) || 'errcode' in error) throw error;
        return error instanceof StaleFile ? 'conflict' : {error: error.message, codes: codesOf(error)};
      }
    }),
  );
  failpoint('units kept');
  for (const collection of new Set([...stale].map(parentOf))) await rescan(open, collection, false, by);
  return outcomes;
}

function plain(details: object): object {
  return Object.fromEntries(
    Object.entries(details).map(([key, value]) => [
      key,
      value instanceof Error ? {message: value.message, stack: value.stack} : value,
    ]),
  );
}

requireNativeAttributes();
send({sort: 'ready'});
