import type {Material} from './material.ts';
import type {Account} from './privileges.ts';
import type {WorkerStats} from './stats.ts';

/** What the supervisor tells a worker. */
export type ToWorker =
  | {
      readonly type: 'start';
      readonly material: Material;
      readonly account: Account | undefined;
      readonly startId: string;
      /** Whether it binds the ports; otherwise it is handed connections. */
      readonly binds: boolean;
      readonly profile: boolean;
    }
  | {readonly type: 'connection'; readonly id: number; readonly tls: boolean}
  | {readonly type: 'ping'}
  | {readonly type: 'settle'}
  | {readonly type: 'reload'; readonly id: number; readonly material: Material}
  | {readonly type: 'stats'; readonly id: number}
  | {readonly type: 'stop'; readonly graceMs: number};

/** What a worker tells the supervisor. */
export type FromWorker =
  | {readonly type: 'loaded'}
  | {readonly type: 'ready'}
  | {readonly type: 'took'; readonly id: number}
  | {readonly type: 'pong'}
  | {readonly type: 'failed'; readonly message: string; readonly fix: string}
  | {readonly type: 'access'; readonly lines: string}
  | {readonly type: 'log'; readonly line: string}
  | {readonly type: 'profile'; readonly text: string}
  | {readonly type: 'reloaded'; readonly id: number; readonly error?: {readonly message: string; readonly fix: string}}
  | {readonly type: 'stats'; readonly id: number; readonly stats: WorkerStats};
