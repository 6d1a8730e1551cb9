import type {AutoScheduleMode} from '../accounts/auto-schedule-mode.ts';
import type {Directory, Principal} from '../accounts/principal.ts';

/** An answer to an invitation; NEEDS-ACTION: it is left to somebody. */
export type Answered = 'ACCEPTED' | 'DECLINED' | 'NEEDS-ACTION';

/** What a mode answers to an instance at which the room is free, and to one at which it is not. */
export interface ModeRow {
  readonly free: Answered;
  readonly busy: Answered;
}

export const modeRows: Readonly<Record<AutoScheduleMode, ModeRow>> = {
  none: {free: 'NEEDS-ACTION', busy: 'NEEDS-ACTION'},
  'accept-always': {free: 'ACCEPTED', busy: 'ACCEPTED'},
  'decline-always': {free: 'DECLINED', busy: 'DECLINED'},
  'accept-if-free': {free: 'ACCEPTED', busy: 'NEEDS-ACTION'},
  'decline-if-busy': {free: 'NEEDS-ACTION', busy: 'DECLINED'},
  automatic: {free: 'ACCEPTED', busy: 'DECLINED'},
};

/**
 * In which mode a room answers an organizer (calendar address): `automatic` for the members of its auto-accept group, and for the room's
 * own mode whoever else it is.
 */
export function modeFor(
  {autoScheduleMode, autoAcceptGroup}: Principal,
  organizer: string,
  directory: Pick<Directory, 'findByAddress' | 'groupsOf'>,
): AutoScheduleMode {
  const who = autoAcceptGroup === undefined ? undefined : directory.findByAddress(organizer);
  return who && directory.groupsOf(who.guid).some(({guid}) => guid === autoAcceptGroup) ? 'automatic' : autoScheduleMode;
}
