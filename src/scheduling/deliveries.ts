import {randomUUID} from 'node:crypto';
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
import type {DavContext} from '../webdav/tables.ts';
import {Alike, guidsIn} from './alike.ts';
import {answerAsRoom} from './answer-as-room.ts';
import {Backoff} from './backoff.ts';
import {broughtAgain} from './brought-again.ts';
import {withUrls} from './calendar-user.ts';
import {createClaims} from './claims.ts';
import {type Delivery, deliver} from './deliver.ts';
import type {DeliveriesFile, Entry} from './deliveries-file.ts';
import {type Duty, isOwnDuty, readDuty, stageLeft} from './duty.ts';
import {isGone, newHolder} from './holder.ts';
import {isLocalAddress, type LocalAddresses} from './local-addresses.ts';
import type {MailCallbacks, Mailer} from './mail/mailer.ts';
import {mayBring} from './may-bring.ts';
import {calendarHomeId} from './provision.ts';
import {mostAtOnce, readRound, roundsIn, stageRefreshes} from './refreshes.ts';
import {reportStatus} from './report-status.ts';
import {outboxIn} from './scheduling-collection.ts';

export interface DeliveriesOptions {
  readonly store: Store;
  readonly file: DeliveriesFile;
  /** As it is now. */
  directory(): Directory;
  readonly log: Log;
  /** The same for all processes of one start of the server: what others have claimed is free again. */
  readonly startId?: string;
  /** The zone of calendars that say none (DefaultTimezone); by default the machine's. */
  readonly defaultTimezone?: string | undefined;
  /** The server's own: a URL of a principal under one of them is a calendar address of that principal's. */
  readonly hostNames?: readonly string[];
  /** What may be asked of the server in somebody's name: what others let them deliver. Left out: all take what comes. */
  as?(principal: Principal): DavContext;
  /** Whose addresses are here, account or not; undefined: those of accounts. */
  readonly local?: LocalAddresses;
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

/** Brings what homes owe to whom they owe it. */
export interface Deliveries extends MailCallbacks {
  readonly duties: Duties;
  /** Sees to what is owed already, now and every minute. */
  start(): void;
  /** Another process has died: what it was about is seen to now. */
  settle(): void;
  /** Resolves when nothing is under way that can be done now. */
  idle(): Promise<void>;
  /** Begins nothing more, and resolves when what is under way has come to an end. What is left is owed still. */
  stop(): Promise<void>;
}

const retryMs = 60_000;
/** A unit of work does not take so long: an entry that is older was kept, or never will be. */
const doubtMs = 10 * 60_000;
const homesAtOnce = 16;
const recipientsAtOnce = 16;
/** What comes for one home at the same time is stored together, so many messages at most. */
const messagesAtOnce = 64;
/** Of a message for many, so many are struck out together. */
const recipientsStruckOut = 250;
/** Another process sees to the home: it may have looked before the last duty was there. */
const otherHolderMs = 500;

/**
 * Deliveries, home by home, each by one process at a time. What a home owes is told by its Outbox; the file says which homes to look
 * at. A message leaves the Outbox once it is done, and doing it twice changes nothing.
 */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const {store, file, log, defaultTimezone} = options;
  const limits = {defaultTimezone: defaultTimezone || Intl.DateTimeFormat().resolvedOptions().timeZone};
  const directory = () => withUrls(options.directory(), options.hostNames ?? []);
  const startId = options.startId ?? randomUUID();
  const holder = newHolder(startId);
  const claims = createClaims(file, holder, startId);
  const slots = new Semaphore(homesAtOnce);
  const recipients = new Semaphore(recipientsAtOnce);
  /** Entries of this process of whose units it is not known yet whether they are kept. */
  const open = new Set<number>();
  const running = new Map<HomeId, {again: boolean; done: Promise<void>}>();
  const later = new Map<HomeId, {at: number; timeout: NodeJS.Timeout}>();
  /** Duties that were begun with and are not struck out. */
  const tried = new Set<Path>();
  const backoff = new Backoff<HomeId>();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const owe: Duties['owe'] = home => {
    const id = file.owe(home, holder);
    open.add(id);
    // Also where it is undone: the entry goes once nothing is owed.
    const settled = () => {
      open.delete(id);
      wake(home);
    };
    return {kept: settled, undone: settled};
  };

  /** What an entry stands for lies in the Outbox now, or never will. */
  const isSettled = ({id, holder: whose, at}: Entry) =>
    whose === holder ? !open.has(id) || at < Date.now() - doubtMs : isGone(whose, startId) || at < Date.now() - doubtMs;

  function wake(home: HomeId): void {
    if (stopped) return;
    const run = running.get(home);
    if (run) {
      run.again = true;
      return;
    }
    const begun = {again: false, done: Promise.resolve()};
    running.set(home, begun);
    begun.done = slots
      .run(() => see(home, begun))
      .catch(error => log.error({err: error, home}, 'what a home owes could not be delivered'))
      .finally(() => {
        running.delete(home);
        if (begun.again) wake(home);
      });
  }

  async function see(home: HomeId, run: {again: boolean}): Promise<void> {
    if (!claims.take(home)) {
      soon(home, otherHolderMs);
      return;
    }
    try {
      do {
        run.again = false;
        const known = file.entries(home).filter(isSettled);
        const {left, due} = await deliverAll(home);
        if (left > 0) {
          soon(home, backoff.failed(home));
          return;
        }
        backoff.succeeded(home);
        file.setTrouble(home, undefined);
        // One entry stays for what is put off.
        const done = due === undefined ? known : known.slice(1);
        file.clear(done.map(({id}) => id));
        for (const {id} of done) open.delete(id);
        if (due !== undefined) soon(home, Math.max(1, due - Date.now()));
      } while (run.again && !stopped);
    } finally {
      claims.release(home);
    }
  }

  /** One look at a time is put off for each home, the next. */
  function soon(home: HomeId, ms: number): void {
    const at = Date.now() + ms;
    const before = later.get(home);
    if (stopped || (before && before.at <= at)) return;
    clearTimeout(before?.timeout);
    const timeout = setTimeout(() => {
      later.delete(home);
      if (file.entries(home).length > 0) wake(home);
    }, ms);
    timeout.unref();
    later.set(home, {at, timeout});
  }

  /** Answers how many recipients are left, and when what is put off is due. */
  async function deliverAll(home: HomeId): Promise<{left: number; due: number | undefined}> {
    const view = await store.view(home);
    const outbox = view && outboxIn(view);
    if (!outbox) return {left: 0, due: undefined};
    const due = await refreshAll(home, view);
    const claimed = claims.renewing(home);
    const waiting = new Set<string>();
    let left = 0;
    for (const stored of [...view.members(outbox.path)]) {
      if (stopped) return {left: left + 1, due};
      claimed();
      if (!stored.collection && !readRound(stored)) left += await discharge(home, view, stored, {claimed, waiting});
    }
    return {left, due};
  }

  /** Makes duties of the rounds of refreshes that are due; answers when the next is. */
  async function refreshAll(home: HomeId, view: HomeView): Promise<number | undefined> {
    const users = directory();
    const guidOf = guidsIn(users);
    const by = {isMe: (address: string) => guidOf(address) === guidIn(home), now: Date.now(), directory: users};
    const {due, next} = roundsIn(view, by.now);
    for (const round of due) await store.write(home, unit => stageRefreshes(round, {...by, unit}));
    return next;
  }

  /** `waiting`: who waits for something about an event, by `placeOf`: they are to have what comes after that after it. */
  async function discharge(
    home: HomeId,
    view: HomeView,
    stored: StoredObject,
    {claimed, waiting}: {claimed(): void; waiting: Set<string>},
  ): Promise<number> {
    const duty = await read(home, view, stored);
    if (!duty) return 0;
    const sender = directory().findByGuid(guidIn(home));
    const access = sender && options.as?.(sender);
    const left: string[] = [];
    const guidOf = guidsIn(directory());
    const isSender = (address: string) => guidOf(address) === guidIn(home);
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
            if (stopped || waiting.has(placeOf(duty, to))) {
              left.push(to);
              return;
            }
            const status = await one(duty, to, {sender, access, alike, again}).catch(error => {
              log.error({err: error, home, to}, 'a message could not be delivered; it will be tried again');
              file.setTrouble(home, `${to}: ${(error as Error).message}`.slice(0, 500));
              return 'later' as const;
            });
            if (status === 'later') {
              left.push(to);
              waiting.add(placeOf(duty, to));
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
      if (stopped) return rest.length;
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
    return what === 'refused' && !message.quiet ? '5.3' : 'done';
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

  const reaches = (address: string) =>
    options.mailer !== undefined &&
    /^mailto:/i.test(address.trim()) &&
    !(options.local && isLocalAddress(address, options.local));

  const wakeAll = () => {
    try {
      for (const home of file.owing()) wake(home);
    } catch (error) {
      log.error({err: error}, 'it could not be looked up what is to be delivered');
    }
  };

  async function idle(): Promise<void> {
    while (running.size > 0) await Promise.all([...running.values()].map(({done}) => done));
  }

  return {
    duties: {owe, reaches},
    start() {
      wakeAll();
      timer = setInterval(wakeAll, retryMs);
      timer.unref();
    },
    settle: wakeAll,
    deliverIncoming: (message, principal) => deliverTo(message, principal),
    reportFailure: ({uid, to, status}, sender) =>
      store.write(calendarHomeId(sender), unit => reportStatus(unit, {uid}, new Map([[to, status]]))),
    idle,
    async stop() {
      stopped = true;
      clearInterval(timer);
      for (const {timeout} of later.values()) clearTimeout(timeout);
      await idle();
    },
  };
}

/** What is delivered in order: what is about one event, to one recipient. */
function placeOf({message}: Duty, to: string): string {
  return JSON.stringify([message.uid, normalAddress(to)]);
}

/** Whose home it is. */
function guidIn(home: HomeId): string {
  return home.slice(home.indexOf('/') + 1);
}
