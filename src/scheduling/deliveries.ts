import {randomUUID} from 'node:crypto';
import type {Directory, Principal} from '../accounts/principal.ts';
import {failpoint} from '../base/failpoint.ts';
import type {Log} from '../base/log.ts';
import {Semaphore} from '../base/semaphore.ts';
import {IcalError} from '../ical/ical-error.ts';
import type {Message} from '../itip/message.ts';
import type {HomeId, HomeView, Store, StoredObject} from '../store/store.ts';
import type {Duties} from '../webdav/duties.ts';
import {answerAsRoom} from './answer-as-room.ts';
import {withUrls} from './calendar-user.ts';
import {deliver} from './deliver.ts';
import type {DeliveriesFile, Entry} from './deliveries-file.ts';
import {type Duty, readDuty, stageLeft} from './duty.ts';
import {isGone, newHolder} from './holder.ts';
import type {MailCallbacks, Mailer} from './mail/mailer.ts';
import {calendarHomeId} from './provision.ts';
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
  /** Undefined: nothing goes out by mail. */
  readonly mailer?: Mailer | undefined;
  readonly mostRefreshed?: number;
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

/** A process that sees to a home and says nothing for so long is taken to be dead, though it is there. */
const claimMs = 60_000;
const retryMs = 60_000;
/** A unit of work does not take so long: an entry that is older was kept, or never will be. */
const doubtMs = 10 * 60_000;
const homesAtOnce = 4;
const recipientsAtOnce = 8;
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
  const slots = new Semaphore(homesAtOnce);
  const recipients = new Semaphore(recipientsAtOnce);
  /** Entries of this process of whose units it is not known yet whether they are kept. */
  const open = new Set<number>();
  const running = new Map<HomeId, {again: boolean; done: Promise<void>}>();
  const later = new Set<NodeJS.Timeout>();
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

  function claim(home: HomeId): boolean {
    if (file.claim(home, holder, claimMs)) return true;
    const other = file.claimant(home);
    if (other === undefined || !isGone(other, startId)) return false;
    file.release(home, other);
    return file.claim(home, holder, claimMs);
  }

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
    if (!claim(home)) {
      soon(home);
      return;
    }
    try {
      do {
        run.again = false;
        const known = file.entries(home).filter(isSettled);
        const left = await deliverAll(home);
        if (left > 0) return;
        file.clear(known.map(({id}) => id));
        for (const {id} of known) open.delete(id);
      } while (run.again && !stopped);
    } finally {
      file.release(home, holder);
    }
  }

  function soon(home: HomeId): void {
    const timeout = setTimeout(() => {
      later.delete(timeout);
      if (file.entries(home).length > 0) wake(home);
    }, otherHolderMs);
    timeout.unref();
    later.add(timeout);
  }

  /** Answers how many recipients are left. */
  async function deliverAll(home: HomeId): Promise<number> {
    const view = await store.view(home);
    const outbox = view && outboxIn(view);
    if (!outbox) return 0;
    let left = 0;
    for (const stored of [...view.members(outbox.path)]) {
      if (stopped) return left + 1;
      file.claim(home, holder, claimMs);
      if (!stored.collection) left += await discharge(home, view, stored);
    }
    return left;
  }

  async function discharge(home: HomeId, view: HomeView, stored: StoredObject): Promise<number> {
    const duty = await read(home, view, stored);
    if (!duty) return 0;
    const sender = directory().findByGuid(home.slice(home.indexOf('/') + 1));
    const left: string[] = [];
    const failed = new Map<string, string>();
    await Promise.all(
      duty.recipients.map(to =>
        recipients.run(async () => {
          if (stopped) {
            left.push(to);
            return;
          }
          const status = await one({...duty, recipients: [to]}, to, sender).catch(error => {
            log.error({err: error, home, to}, 'a message could not be delivered; it will be tried again');
            return 'later' as const;
          });
          if (status === 'later') left.push(to);
          else if (status !== 'done') failed.set(to, status);
          file.claim(home, holder, claimMs);
          failpoint('message delivered');
        }),
      ),
    );
    await store.write(home, async unit => {
      if (failed.size > 0) await reportStatus(unit, duty.message, failed);
      stageLeft(duty, left, unit);
    });
    failpoint('delivery removed');
    return left.length;
  }

  /** `done`, or the SCHEDULE-STATUS of a failure that is there to stay. */
  async function one({message}: Duty, to: string, sender: Principal | undefined): Promise<string> {
    const principal = directory().findByAddress(to);
    const addressed = {...message, to};
    if (!principal?.calendars) {
      const sent = sender && options.mailer ? await options.mailer.send(addressed, sender) : 'off';
      return sent === 'queued' || message.quiet ? 'done' : '3.7';
    }
    await deliverTo(addressed, principal);
    return 'done';
  }

  function deliverTo(message: Message, principal: Principal) {
    const users = directory();
    return deliver(message, principal, {
      store,
      directory: users,
      now: Date.now(),
      mostRefreshed: options.mostRefreshed ?? 50,
      owe,
      respond: invited => answerAsRoom(invited, {directory: users, log, limits}),
    });
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
    duties: {owe, reaches: address => options.mailer !== undefined && /^mailto:/i.test(address.trim())},
    start() {
      wakeAll();
      timer = setInterval(wakeAll, retryMs);
      timer.unref();
    },
    settle: wakeAll,
    deliverIncoming: deliverTo,
    reportFailure: ({uid, to, status}, sender) =>
      store.write(calendarHomeId(sender), unit => reportStatus(unit, {uid}, new Map([[to, status]]))),
    idle,
    async stop() {
      stopped = true;
      clearInterval(timer);
      for (const timeout of later) clearTimeout(timeout);
      await idle();
    },
  };
}
