import type {HomeId} from '../store/store.ts';

/** One of the two is called; where neither is, it is not known whether the unit is kept. */
export interface Owed {
  kept(): void;
  undone(): void;
}

/** Where it is remembered which homes owe something to others. What it is lies in the home itself. */
export interface Duties {
  /**
   * To be called in the unit of work that stages what is owed: the home will be looked at, whatever happens to this process. What is
   * answered is to be told what has become of the unit; once it is kept, all can be done.
   */
  owe(home: HomeId): Owed;
  /** That an organizer's event in a home has these groups in it, by GUID, of these members; `undefined`: it is not known whether the event is kept. */
  noteGroups(home: HomeId, uid: string, groups: ReadonlyMap<string, string | undefined>): void;
  /** That an organizer removes an event, whether or not it comes to that: it counts once there is none. */
  noteEnded(home: HomeId, uid: string): void;
  /** Whether a calendar address that is nobody's here can be reached otherwise, by mail. */
  reaches(address: string): boolean;
}
