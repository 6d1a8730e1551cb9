import type {ErrorCodes} from '../../base/disk-errors.ts';
import type {HomeId, Path} from '../store.ts';
import type {Operation, Outcome, Work} from './operations.ts';
import type {Parsed, Unparsed} from './rescan.ts';

/** What the event loop asks of the writer thread, by name, with what each answers. */
export interface Tasks {
  /** Sees that the index of a home is there and up to date. Answers whether there is such a home. `suspect`: look for damage. */
  open: {ask: {home: HomeId; suspect: boolean}; answer: boolean};
  /** Keeps units of work, all in one transaction. */
  keep: {ask: {home: HomeId; works: readonly Work[]}; answer: readonly Outcome[]};
  /** Takes in what was changed by hand in these collections. */
  rescan: {ask: {home: HomeId; collections: readonly Path[]}; answer: undefined};
  create: {ask: {home: HomeId; operations: readonly Operation[]}; answer: boolean};
  delete: {ask: {home: HomeId}; answer: boolean};
  /** Writes out what is pending in a home, whoever stored it. */
  settle: {ask: {home: HomeId}; answer: undefined};
  /** Settles and lets go of everything under the root. */
  close: {ask: undefined; answer: undefined};
}

export interface Settings {
  readonly root: string;
  readonly startId: string;
  /** Who writes the files (`Pen`); a thread that comes in place of another goes on as the same. */
  readonly scribe: string;
}

export type ToThread =
  | {readonly sort: 'start'; readonly settings: Settings}
  | {
      readonly [name in keyof Tasks]: {
        readonly sort: 'task';
        readonly id: number;
        readonly name: name;
        readonly ask: Tasks[name]['ask'];
      };
    }[keyof Tasks]
  | {readonly sort: 'parsed'; readonly id: number; readonly answers: readonly Parsed[]};

export type FromThread =
  | {readonly sort: 'ready'}
  | {readonly sort: 'done'; readonly id: number; readonly answer: unknown}
  | {readonly sort: 'failed'; readonly id: number; readonly error: Error; readonly codes: ErrorCodes}
  | {readonly sort: 'parse'; readonly id: number; readonly files: readonly Unparsed[]}
  | {
      readonly sort: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly details: object;
      readonly message: string;
    };
