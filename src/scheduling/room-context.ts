import type {Log} from '../base/log.ts';
import type {Limits} from '../webdav/limits.ts';

/** What it takes to know when a home's owner is taken. */
export interface RoomContext {
  readonly limits: Pick<Limits, 'defaultTimezone'>;
  readonly log: Log;
}
