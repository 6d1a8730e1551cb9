import type {Directory, Principal} from '../accounts/principal.ts';
import {failpoint} from '../base/failpoint.ts';
import {Gathering} from '../base/gathering.ts';
import type {Log} from '../base/log.ts';
import {Semaphore} from '../base/semaphore.ts';
import {IcalError} from '../ical/ical-error.ts';
import {normalAddress} from '../itip/address.ts';
import type {Message} from '../itip/message.ts';
import type {HomeId, HomeView, Path, Store, StoredObject} from '../store/store.ts';
import type {Duties} from '../webdav/duties.ts';
import {hostName} from '../webdav/href.ts';
import type {DavContext} from '../webdav/tables.ts';
import {Alike, guidsIn} from './alike.ts';
import {answerAsRoom} from './answer-as-room.ts';
import {broughtAgain} from './brought-again.ts';
import {withUrls} from './calendar-user.ts';
import {type DeliverContext, type Delivery, deliver} from './deliver.ts';
import {aboutIn, type Duty, isOwnDuty, readDuty, stageLeft} from './duty.ts';
import type {Mailer} from './mail/mailer.ts';
import {mayBring} from './may-bring.ts';
import {calendarHomeId, ownerOfHome} from './provision.ts';
import {mostAtOnce, roundsIn, stageRefreshes} from './refreshes.ts';
import {reportStatus} from './report-status.ts';

/** What a courier goes by. */
export interface CourierOptions extends Pick<DeliverContext, 'hasEnded'> {
  readonly store: Store;
  /** As it is now. */
  directory(): Directory;
  readonly log: Log;
  /** The zone of calendars that say none (DefaultTimezone); by default the machine's. */
  readonly defaultTimezone?: string | undefined;
  /** The server's own: a URL of a principal under one of them is a calendar address of that principal's. */
  readonly hostNames?: readonly string[];
  /** What may be asked of the server in somebody's name: what others let them deliver. Left out: all take what comes. */
  as?(principal: Principal): DavContext;
  /** Undefined: nothing goes out by mail. */
  readonly mailer?: Mailer | undefined;
  /** With more attendees, the others' copies show answers in rounds; by default `mostAtOnce` of `refreshes.ts`. */
  readonly mostRefreshed?: number;
  /** How long a round of so many attendees gathers answers. */
  gatherMs?(attendees: number): number;
}

/** What all messages of one duty have in common. */
interface Sending {
  readonly sender: Principal | undefined;
  /** What may be asked in the sender's name. */
  readonly access: DavContext | undefined;
  readonly alike: Alike | undefined;
  /** Where it may have been brought before: what is brought now. */
  readonly again: Awaited<ReturnType<typeof broughtAgain>> | undefined;
}

/** When a round that has failed is seen to again. */
const roundAgainMs = 60_000;
const recipientsAtOnce = 16;
/** What comes for one home at the same time is stored together, so many messages at most. */
const messagesAtOnce = 64;
/** Of a message for many, so many are struck out together. */
const recipientsStruckOut = 250;

/** What it takes to bring what one home owes to those it is for. */
export interface Courier {
  /** Makes duties of the rounds of refreshes that are due; answers when the next is. */
  refreshAll(home: HomeId, view: HomeView): Promise<number | undefined>;
  /**
   * Does one duty as far as it can be done now, strikes that out, and answers how many recipients are left. `waiting`: who waits for
   * something about an event, by `placeOf`: they are to have what comes after that after it. Where it fails as a whole, all do.
   */
  discharge(
    home: HomeId,
    view: HomeView,
    stored: StoredObject,
    told: {claimed(): void; waiting: Set<string>; trouble(text: string): void},
  ): Promise<number>;
  /** Brings a message to somebody who has a calendar here. */
  deliverTo(message: Message, principal: Principal): Promise<unknown>;
}

/** `isStopped`: nothing more is begun. */
export function createCourier(options: CourierOptions, owe: Duties['owe'], isStopped: () => boolean): Courier {
  const {store, log, defaultTimezone} = options;
  const limits = {defaultTimezone: defaultTimezone || Intl.DateTimeFormat().resolvedOptions().timeZone};
  const hosts = new Set((options.hostNames ?? []).map(hostName));
  const directory = () => withUrls(options.directory(), hosts);
  const recipients = new Semaphore(recipientsAtOnce);
  /** Duties that were begun with and are not struck out. */
  const tried = new Set<Path>();

  async function refreshAll(home: HomeId, view: HomeView): Promise<number | undefined> {
    const users = directory();
    const guidOf = guidsIn(users);
    const by = {isMe: (address: string) => guidOf(address) === ownerOfHome(home), now: Date.now(), directory: users};
    const {due, next} = roundsIn(view, by.now);
    let again = next;
    for (const round of due) {
      await store
        .write(home, unit => stageRefreshes(round, {...by, unit}))
        .catch(error => {
          log.error({err: error, home, path: round.path}, 'a round of refreshes could not be made; it will be tried again');
          again = Math.min(again ?? Infinity, by.now + roundAgainMs);
        });
    }
    return again;
  }

  const discharge: Courier['discharge'] = (home, view, stored, told) =>
    dischargeOrThrow(home, view, stored, told).catch(error => {
      log.error({err: error, home, path: stored.path}, 'a message in an Outbox could not be seen to; it will be tried again');
      told.trouble(`${stored.path}: ${(error as Error).message}`);
      told.waiting.add(placeOf(uidIn(stored)));
      return 1;
    });

  async function dischargeOrThrow(
    home: HomeId,
    view: HomeView,
    stored: StoredObject,
    {claimed, waiting, trouble}: Parameters<Courier['discharge']>[3],
  ): Promise<number> {
    const duty = await read(home, view, stored);
    if (!duty) return 0;
    const sender = directory().findByGuid(ownerOfHome(home));
    const access = sender && options.as?.(sender);
    const left: string[] = [];
    const guidOf = guidsIn(directory());
    const isSender = (address: string) => guidOf(address) === ownerOfHome(home);
    const alike = duty.recipients.length > 1 ? new Alike(duty.message, guidOf) : undefined;
    const again =
      tried.has(duty.path) || !isOwnDuty(duty)
        ? await broughtAgain(duty.message, (await store.view(home))!, isSender)
        : undefined;
    tried.add(duty.path);
    for (let at = 0; at < duty.recipients.length; at += recipientsStruckOut) {
      const failed = new Map<string, string>();
      const some = duty.recipients.slice(at, at + recipientsStruckOut);
      await Promise.all(
        some.map(to =>
          recipients.run(async () => {
            if (isStopped() || waiting.has(placeOf(duty.message.uid)) || waiting.has(placeOf(duty.message.uid, to))) {
              left.push(to);
              return;
            }
            const status = await one(duty, to, {sender, access, alike, again}).catch(error => {
              log.error({err: error, home, to}, 'a message could not be delivered; it will be tried again');
              trouble(`${to}: ${(error as Error).message}`);
              return 'later' as const;
            });
            if (status === 'later') {
              left.push(to);
              waiting.add(placeOf(duty.message.uid, to));
            } else if (status !== 'done') failed.set(to, status);
            claimed();
            failpoint('message delivered');
          }),
        ),
      );
      const rest = [...left, ...duty.recipients.slice(at + recipientsStruckOut)];
      await store.write(home, async unit => {
        if (failed.size > 0) await reportStatus(unit, duty.message, failed);
        stageLeft(duty, rest, unit);
      });
      if (rest.length === 0) tried.delete(duty.path);
      failpoint('delivery removed');
      if (isStopped()) return rest.length;
    }
    return left.length;
  }

  /** `done`, or the SCHEDULE-STATUS of a failure that is there to stay. */
  async function one({message}: Duty, to: string, {sender, access, alike, again}: Sending): Promise<string> {
    const users = directory();
    const principal = users.findByAddress(to);
    const addressed = {...message, to};
    if (!principal?.calendars) {
      const sent = sender && options.mailer ? await options.mailer.send(addressed, sender) : 'off';
      return sent === 'queued' || message.quiet ? 'done' : '3.7';
    }
    if (!(await mayBring(message, principal, access))) return message.quiet ? 'done' : '3.8';
    const isMe = (address: string) => users.findByAddress(address)?.guid === principal.guid;
    const what = await deliverTo(again?.(to, isMe, await store.view(calendarHomeId(principal))) ?? addressed, principal, alike);
    // That the organizer has no such event shows also by what is asked unnoticed.
    return what === 'unknown' || (what === 'refused' && !message.quiet) ? '5.3' : 'done';
  }

  /** What comes for one home at the same time is stored together; a room looks at what it has stored before it answers the next. */
  const deliverSome = (_: string, deliveries: readonly (Delivery & {readonly principal: Principal})[]) => {
    const users = directory();
    return deliver(deliveries, deliveries[0]!.principal, {
      store,
      directory: users,
      now: Date.now(),
      mostRefreshed: options.mostRefreshed ?? mostAtOnce,
      ...(options.gatherMs ? {gatherMs: options.gatherMs} : {}),
      owe,
      ...(options.hasEnded ? {hasEnded: options.hasEnded} : {}),
      respond: invited => answerAsRoom(invited, {directory: users, log, limits}),
    });
  };
  const gathering = new Gathering(deliverSome, messagesAtOnce);
  const alone = new Gathering(deliverSome, 1);

  function deliverTo(message: Message, principal: Principal, alike?: Alike) {
    const delivery = {message, principal, alike};
    return principal.autoSchedule ? alone.add(principal.guid, delivery) : gathering.add(principal.guid, delivery);
  }

  async function read(home: HomeId, view: HomeView, stored: StoredObject): Promise<Duty | undefined> {
    try {
      const bytes = await view.read(stored.path, stored.etag);
      return bytes && readDuty(stored, bytes);
    } catch (error) {
      if (!(error instanceof IcalError)) throw error;
      log.error({err: error, home, path: stored.path}, 'a message in an Outbox is damaged and cannot be delivered');
      return undefined;
    }
  }

  return {refreshAll, discharge, deliverTo};
}

/** What is delivered in order: what is about one event, to one recipient, or to all. */
function placeOf(uid: string | undefined, to?: string): string {
  return JSON.stringify(to === undefined ? [uid] : [uid, normalAddress(to)]);
}

/** Which event a duty is about; undefined: that cannot be told any more. */
function uidIn(stored: StoredObject): string | undefined {
  try {
    return aboutIn(stored)?.uid;
  } catch {
    return undefined;
  }
}
