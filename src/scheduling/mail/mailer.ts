import type {Principal} from '../../accounts/principal.ts';
import type {Message} from '../../itip/message.ts';

/** Whoever sends messages to people who are not of this server (RFC 6047). */
export interface Mailer {
  /**
   * Takes a message for a calendar address that is not ours; `sender` is whose it is. What has been taken once is not sent again.
   * `queued`: it is kept durably and will be sent (SCHEDULE-STATUS 1.1); nothing is, where the message is quiet. `off`: this server sends
   * no e-mail. `refused`: the address is none that mail can reach, or one of our own.
   */
  send(message: Message, sender: Principal): Promise<'queued' | 'off' | 'refused'>;
}

/** What the mail room calls for: the way back into calendars. Both are asked again, later, where they throw. */
export interface MailCallbacks {
  /** A message from somebody outside has come, and is from who it says; `to` is whose object it concerns. */
  deliverIncoming(message: Message, to: Principal): Promise<unknown>;
  /** A message could not be sent, and will not be: SCHEDULE-STATUS of `to` in the sender's object becomes `status` (`5.1`, RFC 6638 §7.3). */
  reportFailure(failure: MailFailure, sender: Principal): Promise<unknown>;
}

export interface MailFailure {
  readonly uid: string;
  readonly method: Message['method'];
  /** Calendar addresses as in the message. */
  readonly from: string;
  readonly to: string;
  readonly status: '5.1';
}
