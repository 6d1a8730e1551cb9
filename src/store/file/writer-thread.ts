import {parentPort} from 'node:worker_threads';
import {codesOf} from '../../base/disk-errors.ts';
import {failpoint} from '../../base/failpoint.ts';
import type {Log} from '../../base/log.ts';
import type {Path} from '../store.ts';
import {apply, StaleFile} from './apply.ts';
import {createHomeFolder} from './home-folder.ts';
import {parentOf} from './layout.ts';
import type {Ledger} from './ledger.ts';
import type {FromThread, Settings, Tasks, ToThread} from './messages.ts';
import {requireNativeAttributes} from './native-attributes.ts';
import type {OpenHome} from './open-home.ts';
import {OpenHomes} from './open-homes.ts';
import type {Operation, Outcome, Work} from './operations.ts';
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

let settings: Settings = {root: '', startId: '', scribe: ''};
let homes = new OpenHomes(settings, by);

const tasks: {[name in keyof Tasks]: (ask: Tasks[name]['ask']) => Promise<Tasks[name]['answer']>} = {
  async open({home, suspect}) {
    return (await homes.open(home, suspect)) !== undefined;
  },
  async keep({home, works}) {
    const outcomes = await homes.use(home, open => keep(open, works));
    if (outcomes) await homes.kept(home, bytesOf(works));
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
    homes = new OpenHomes(settings, by);
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

/** All units in one transaction, each kept or not by itself. */
async function keep(open: OpenHome, works: readonly Work[]): Promise<Outcome[]> {
  const stale = new Set<Path>();
  const outcomes = await open.exclusively(ledger =>
    works.map(work => {
      // What others of this batch changed in a collection is to be seen by who asks for all of it.
      if (work.reads.some(read => read.sort === 'revision' && ledger.isTouched(read.path))) ledger.raise();
      if (!holds(ledger, work.reads)) return 'conflict';
      const [first, second] = work.operations;
      return first?.change === 'put' && !second ? keepPut(open, ledger, first) : keepAll(open, ledger, work.operations, stale);
    }),
  );
  failpoint('units kept');
  for (const collection of new Set([...stale].map(parentOf))) await rescan(open, collection, false, by);
  return outcomes;
}

function bytesOf(works: readonly Work[]): number {
  let bytes = 0;
  for (const {operations} of works) for (const each of operations) if (each.change === 'put') bytes += each.bytes.length;
  return bytes;
}

/** A single object, without a savepoint: what may be wrong with it is found before anything is changed. */
function keepPut({folder}: OpenHome, ledger: Ledger, operation: Operation): Outcome {
  try {
    apply(ledger, folder, operation);
    failpoint('operation applied');
    return 'kept';
  } catch (error) {
    return refused(error);
  }
}

function keepAll({database, folder}: OpenHome, ledger: Ledger, operations: readonly Operation[], stale: Set<Path>): Outcome {
  ledger.raise();
  ledger.run('SAVEPOINT unit');
  try {
    for (const operation of operations) {
      apply(ledger, folder, operation);
      failpoint('operation applied');
    }
    ledger.raise();
    ledger.run('RELEASE unit');
    return 'kept';
  } catch (error) {
    // On a full disk SQLite may have taken back everything.
    if (!database.isTransaction) throw error;
    database.exec('ROLLBACK TO unit; RELEASE unit');
    ledger.forget();
    if (!(error instanceof StaleFile)) return refused(error);
    stale.add(error.path);
    return 'conflict';
  }
}

function refused(error: unknown): Outcome {
  if (!(error instanceof Error) || 'errcode' in error) throw error;
  return {error: error.message, codes: codesOf(error)};
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
