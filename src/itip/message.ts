import type {Calendar} from '../ical/parse.ts';

/** The methods of RFC 5546 §1.4 that go between an organizer and attendees. */
export type Method = 'REQUEST' | 'REPLY' | 'CANCEL' | 'ADD' | 'REFRESH' | 'COUNTER' | 'DECLINECOUNTER';

/** `told`: by a CANCEL, of the same change or before it. `refresh`: it keeps a copy exact, as of who takes part, and is nobody's news. */
export type Quiet = 'told' | 'refresh';

/** One message to one recipient (RFC 5546 §3.2). `calendar` has METHOD and what this recipient may see of it, and nothing more. */
export interface Message {
  readonly method: Method;
  readonly uid: string;
  /** Calendar addresses, as they stand in ORGANIZER or ATTENDEE. */
  readonly from: string;
  readonly to: string;
  /** The highest SEQUENCE in it. */
  readonly sequence: number;
  readonly calendar: Calendar;
  /** It tells nothing that its recipient has not been told or said: nobody needs an e-mail of it, and where there is no copy it makes none. */
  readonly quiet?: Quiet;
}

/** Whether a calendar address is the owner's of the object that is asked about. */
export type IsMe = (address: string) => boolean;

/** Why a change is refused. What that is in WebDAV's words is for who asked. */
export type Refusal =
  /** RFC 6638 §3.2.4.2: the components name more than one ORGANIZER. */
  | 'organizer differs'
  /** RFC 6638 §3.2.4.3: the ORGANIZER is another than before. */
  | 'organizer changed'
  /** RFC 6638 §3.2.4.4: an attendee changed what is the organizer's. */
  | 'not allowed';

/** A change that RFC 6638 does not allow: `message` is a sentence without its full stop. Nothing was changed. */
export class ItipError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, message: string) {
    super(message);
    this.name = 'ItipError';
    this.refusal = refusal;
  }
}

/** What an organizer or attendee stores in place of what was there; undefined: new, or removed. Neither calendar is written to. */
export interface Change {
  readonly before: Calendar | undefined;
  readonly after: Calendar | undefined;
  readonly isMe: IsMe;
  /** Milliseconds; the DTSTAMP of messages. */
  readonly now: number;
}

export interface OrganizerChange extends Change {
  /** Whose PARTSTAT comes by messages alone, so that an organizer's older copy does not undo it; the default is nobody. */
  readonly isLocal?: (address: string) => boolean;
  /**
   * The client changed an older one, which If-Schedule-Tag-Match let through (RFC 6638 §3.2.10): what replies have changed since stays.
   * Else that it says NEEDS-ACTION of who had answered is a new invitation.
   */
  readonly isStale?: boolean;
}

export interface OrganizerResult {
  /** What to store: `after` itself where there is nothing to put right in it. Undefined: removed. */
  readonly calendar: Calendar | undefined;
  /** In the order in which they are to be delivered; one recipient may have a CANCEL and a REQUEST. */
  readonly messages: readonly Message[];
}

export interface AttendeeChange extends Change {
  /** Whose scheduling the server does, whatever a client says; the default is nobody. */
  readonly isLocal?: (address: string) => boolean;
}

export interface AttendeeResult {
  /** What to store: `after` itself where there is nothing to put right in it. Undefined: removed. */
  readonly calendar: Calendar | undefined;
  /** To the organizer; undefined: nothing in it is for anybody else. */
  readonly reply: Message | undefined;
  /** Those by other addresses of theirs that they are invited by as well, where they have answered by more than one. */
  readonly others?: readonly Message[];
}

/** A message that has come for the owner of an object. */
export interface Receipt {
  /** The object with the message's UID; undefined: there is none. It is not written to. */
  readonly mine: Calendar | undefined;
  readonly message: Message;
  readonly isMe: IsMe;
  readonly now: number;
}

/**
 * What a message came to: `ignored` where it is stale, about nothing that is there, or from somebody who has no say in it; `refused` where
 * it is an invitation to what somebody else organizes.
 * `unknown`: it answers, or asks for, what its recipient is said to organize, and there is no such thing.
 * `beside`: its UID is of something of the recipient's own that nobody organizes, and that stays.
 */
export type Outcome =
  | 'new'
  | 'update'
  | 'cancel'
  | 'reply'
  | 'refresh'
  | 'counter'
  | 'declinecounter'
  | 'ignored'
  | 'refused'
  | 'unknown'
  | 'beside';

export interface Received {
  /** What to store in place of `mine`. Undefined: it is to be removed (or there still is nothing). */
  readonly calendar: Calendar | 'unchanged' | undefined;
  readonly what: Outcome;
  readonly changed: Changed;
  /**
   * Messages that this one calls for: a REQUEST to who asked by REFRESH or has been delegated to, a REPLY where the organizer was shown to
   * know an older PARTSTAT than ours, a quiet REQUEST to who may have been sent another while they answered. Only `required` ones are worth
   * an e-mail.
   */
  readonly answers: readonly {readonly message: Message; readonly required: boolean}[];
}

/** What has changed for the owner by a message. */
export interface Changed {
  /** RECURRENCE-IDs as they stand in the object, in jCal's form; undefined: the whole. */
  readonly recurrences: readonly string[] | undefined;
  /** Properties, in upper case: `DTSTART`, `PARTSTAT`; sorted. */
  readonly properties: readonly string[];
  /** REPLY: whose, and what it is now. */
  readonly attendee?: string;
  readonly partstat?: string;
}

export const nothingChanged: Changed = {recurrences: [], properties: []};
