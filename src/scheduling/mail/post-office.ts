import {randomUUID} from 'node:crypto';
import type {DatabaseSync} from 'node:sqlite';
import type {Directory, Principal} from '../../accounts/principal.ts';
import type {Log} from '../../base/log.ts';
import type {Config} from '../../config/config.ts';
import {mainComponents, textOf} from '../../ical/jcal.ts';
import {parseCalendar} from '../../ical/parse.ts';
import {normalAddress} from '../../itip/address.ts';
import type {Message} from '../../itip/message.ts';
import {answersIn, inOrder} from '../../itip/reply-order.ts';
import {addressWithToken, emailIn, isOwn} from './addresses.ts';
import {type Answer, answerTo} from './answer.ts';
import {compose, type Templates} from './compose.ts';
import {type Incoming, IncomingQueue} from './incoming.ts';
import {type Invitation, Invitations} from './invitations.ts';
import {judgeMail} from './judge-mail.ts';
import type {MailCallbacks, Mailer} from './mailer.ts';
import {messageOf} from './message-rows.ts';
import {type Outgoing, OutgoingQueue} from './outgoing.ts';
import {outgoingCalendar} from './outgoing-calendar.ts';
import type {Read} from './read-mail.ts';
import {judge, type Transport} from './transport.ts';

export interface PostOfficeOptions {
  readonly settings: Config['mail'];
  readonly database: DatabaseSync;
  directory(): Directory;
  readonly log: Log;
  /** The address of the page to answer on, a slash at its end. */
  readonly replyUrl: string;
  readonly now?: () => number;
}

/** What sending takes, beyond what is kept. */
export interface Sending extends MailCallbacks {
  readonly transport: Transport;
  readonly templates: Templates;
}

/** How long one process has the right to send, unless it renews it. */
const leaseMs = 60_000;

/** Where messages to and from people outside lie, until they are sent and delivered. Several processes have it open; one sends. */
export class PostOffice implements Mailer {
  readonly outgoing: OutgoingQueue;
  readonly incoming: IncomingQueue;
  readonly #invitations: Invitations;
  readonly #options: PostOfficeOptions;
  readonly #owner = randomUUID();
  #pausedUntil = 0;
  /** Told when something has been put here by this process. */
  onWork: () => void = () => {};

  constructor(options: PostOfficeOptions) {
    this.#options = options;
    this.outgoing = new OutgoingQueue(options.database);
    this.incoming = new IncomingQueue(options.database);
    this.#invitations = new Invitations(options.database);
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }

  async send(message: Message, sender: Principal): Promise<'queued' | 'off' | 'refused'> {
    const {settings, directory} = this.#options;
    if (!settings.enabled) return 'off';
    const email = emailIn(message.to);
    if (email === undefined || isOwn(settings.sending.address, email) || directory().findByAddress(message.to)) return 'refused';
    const {addressPatterns} = settings;
    if (addressPatterns.length > 0 && !addressPatterns.some(pattern => pattern.test(normalAddress(message.to)))) return 'refused';
    if (message.quiet) return 'queued';
    this.outgoing.take(message, sender.guid, this.#now());
    this.onWork();
    return 'queued';
  }

  /** A mail that has come: what it is, kept durably where it is an answer. `why`: the reason why it is none. */
  receive(read: Read): {readonly taken: boolean; readonly why: string} {
    const {settings, log} = this.#options;
    const now = this.#now();
    const judged = judgeMail(read, {
      address: settings.sending.address,
      authServId: settings.receiving.authServId,
      byToken: token => this.#invitations.byToken(token),
      now,
      graceMs: settings.invitationDaysToLive * 86_400_000,
    });
    if (judged.bounced) {
      const known = judged.bounced.filter(id => this.outgoing.bounced(id.replace(/@.*$/, ''), judged.why, now));
      if (known.length > 0) this.onWork();
      return {taken: known.length > 0, why: `a message could not be delivered: ${judged.why}`};
    }
    if (!judged.message) {
      log.warn({from: read.from}, `mail not taken: ${judged.why}`);
      return {taken: false, why: judged.why};
    }
    this.incoming.take(judged.message, judged.sender, now);
    this.onWork();
    return {taken: true, why: ''};
  }

  /** Who was given this link, as long as it holds. */
  invitationBy(link: string): Invitation | undefined {
    const invitation = this.#invitations.byLink(link);
    return invitation && invitation.ends > this.#now() ? invitation : undefined;
  }

  /** An answer given on the page; durable when it returns. */
  answer(invitation: Invitation, answer: Answer): boolean {
    const message = answerTo(invitation, answer, this.#now());
    if (!message) return false;
    this.incoming.take(message, invitation.sender, this.#now());
    this.onWork();
    return true;
  }

  /** Has, or takes, the right to send for a while: no other process does meanwhile. */
  hasLease(): boolean {
    const now = this.#now();
    const {changes} = this.#options.database
      .prepare('UPDATE lease SET owner = ?, until = ? WHERE owner = ? OR until < ?')
      .run(this.#owner, now + leaseMs, this.#owner, now);
    return changes > 0;
  }

  releaseLease(): void {
    this.#options.database.prepare('UPDATE lease SET until = 0 WHERE owner = ?').run(this.#owner);
  }

  /** Sends, delivers and reports all that is due. What fails is put off and does not keep the rest. */
  async work(sending: Sending, going: () => boolean): Promise<void> {
    await this.#deliver(sending, going);
    await this.#send(sending, going);
    await this.#report(sending, going);
  }

  async #send({transport, templates}: Sending, going: () => boolean): Promise<void> {
    const {log} = this.#options;
    if (this.#now() < this.#pausedUntil) return;
    for (let row = this.outgoing.due(this.#now()); row; row = this.outgoing.due(this.#now(), row.id)) {
      if (!going() || !this.hasLease()) return;
      try {
        await transport.send(this.compose(row, templates));
        this.outgoing.sent(row.id, this.#now());
      } catch (error) {
        const {what, why} = judge(error);
        const {id, method, to_address: to} = row;
        if (what === 'message') this.outgoing.fail(id, why, this.#now());
        else this.outgoing.postpone(row, why, this.#now());
        log.warn({id, method, to}, `a message could not be sent${what === 'message' ? '' : ' yet'}: ${why}`);
        if (what !== 'server') continue;
        this.#pausedUntil = this.#now() + 30_000;
        return;
      }
    }
  }

  async #deliver({deliverIncoming}: Sending, going: () => boolean): Promise<void> {
    const {directory, log} = this.#options;
    for (let row = this.incoming.due(this.#now()); row; row = this.incoming.due(this.#now(), row.id)) {
      if (!going() || !this.hasLease()) return;
      const {id, method, from_address: from} = row;
      const principal = directory().findByGuid(row.recipient);
      try {
        const arrived = {at: row.created, asked: this.#stampsOf(row)};
        const message = inOrder(messageOf(row), this.incoming.lastAnswers(row), arrived);
        if (!principal) log.warn({id, method, from}, 'an answer has come for an account that is no more');
        else if (message) await deliverIncoming(message, principal);
        else log.info({id, method, from}, 'an answer has come after a later one of the same sender, which stands');
        this.incoming.done(row, message?.method === 'REPLY' ? answersIn(message, arrived) : []);
      } catch (error) {
        log.error({id, method, from, err: error}, 'an answer could not be delivered yet');
        this.incoming.postpone(row, String((error as Error).message), this.#now());
      }
    }
  }

  /** When what an answer is to was sent. */
  #stampsOf({recipient, from_address: from, uid}: Incoming): ReadonlySet<string | undefined> {
    const invitation = this.#invitations.find(recipient, from, uid);
    return new Set(invitation && mainComponents(parseCalendar(invitation.calendar)).map(part => textOf(part, 'dtstamp')));
  }

  async #report({reportFailure}: Sending, going: () => boolean): Promise<void> {
    for (const {id, uid, method, from_address: from, to_address: to, sender} of this.outgoing.failed(this.#now())) {
      if (!going()) return;
      const principal = this.#options.directory().findByGuid(sender);
      try {
        if (principal) await reportFailure({uid, method, from, to, status: '5.1'}, principal);
        this.outgoing.reported(id, this.#now());
      } catch (error) {
        this.#options.log.error({id, err: error}, 'that a message could not be sent could not be told yet');
        this.outgoing.postponeReport(id, this.#now());
      }
    }
  }

  /** A message as it is mailed: the same each time. */
  compose(row: Outgoing, templates: Templates) {
    const {settings, directory, replyUrl} = this.#options;
    const {address} = settings.sending;
    const message = messageOf(row);
    const sender = directory().findByGuid(row.sender);
    const answerTo = row.token === null ? undefined : addressWithToken(address, row.token);
    const invitation = row.token === null ? undefined : this.#invitations.byToken(row.token);
    const link = invitation && (row.method === 'REQUEST' || row.method === 'ADD') ? replyUrl + invitation.link : undefined;
    const calendar = outgoingCalendar(message, {
      answerTo,
      emailOf: each => directory().findByAddress(each)?.emails[0],
    });
    const own = sender?.emails[0] ?? emailIn(row.from_address);
    const options = {
      calendar,
      messageId: `<${row.key}@${address.slice(address.lastIndexOf('@') + 1)}>`,
      address,
      replyTo: answerTo ?? own ?? address,
      to: emailIn(row.to_address)!,
      name: sender?.fullName ?? own ?? '',
      renewed: row.renewed === 1,
      link,
      language: settings.language,
    };
    return compose(message, options, templates);
  }

  /** Forgets what is long over. */
  purge(): void {
    const now = this.#now();
    this.outgoing.purge(now);
    this.incoming.purge(now);
    this.#invitations.purge(now - this.#options.settings.invitationDaysToLive * 86_400_000);
  }
}
