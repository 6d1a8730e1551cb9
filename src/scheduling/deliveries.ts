import {randomUUID} from 'node:crypto';
import type {Directory} from '../accounts/principal.ts';
import {Semaphore} from '../base/semaphore.ts';
import type {HomeId} from '../store/store.ts';
import type {Duties, Owed} from '../webdav/duties.ts';
import {hostName} from '../webdav/href.ts';
import {Backoff} from './backoff.ts';
import {withUrls} from './calendar-user.ts';
import {createClaims} from './claims.ts';
import {type CourierOptions, createCourier} from './courier.ts';
import type {DeliveriesFile, Entry} from './deliveries-file.ts';
import {membersIn} from './group-members.ts';
import {isGone, newHolder} from './holder.ts';
import {isLocalAddress, type LocalAddresses} from './local-addresses.ts';
import type {MailCallbacks} from './mail/mailer.ts';
import {calendarHomeId, ownerOfHome} from './provision.ts';
import {readRound} from './refreshes.ts';
import {type Regrouped, regroup} from './regroup.ts';
import {reportStatus} from './report-status.ts';
import {outboxIn} from './scheduling-collection.ts';

export interface DeliveriesOptions extends CourierOptions {
  readonly file: DeliveriesFile;
  /** The same for all processes of one start of the server: what others have claimed is free again. */
  readonly startId?: string;
  /** Whose addresses are here, account or not; undefined: those of accounts. */
  readonly local?: LocalAddresses;
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
const noGroups: ReadonlyMap<string, string> = new Map();
/** Another process sees to the home: it may have looked before the last duty was there. */
const otherHolderMs = 500;

/**
 * Deliveries, home by home, each by one process at a time. What a home owes is told by its Outbox; the file says which homes to look
 * at. A message leaves the Outbox once it is done, and doing it twice changes nothing.
 */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const {store, file, log} = options;
  const startId = options.startId ?? randomUUID();
  const holder = newHolder(startId);
  const claims = createClaims(file, holder, startId);
  const slots = new Semaphore(homesAtOnce);
  /** Entries of this process of whose units it is not known yet whether they are kept. */
  const open = new Set<number>();
  const running = new Map<HomeId, {again: boolean; done: Promise<void>}>();
  const later = new Map<HomeId, {at: number; timeout: NodeJS.Timeout}>();
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

  const courier = createCourier({...options, hasEnded: (home, uid) => file.ended.has(home, uid)}, owe, () => stopped);

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
        await regroupAll(home);
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

  /** Has the events of a home see to it that others are in their groups now. */
  async function regroupAll(home: HomeId): Promise<void> {
    const directory = options.directory();
    for (const uid of file.groups.changedIn(home, membersIn(directory))) {
      const owner = directory.findByGuid(ownerOfHome(home));
      const asked = owner && options.as?.(owner);
      // EnableImplicitScheduling is off: it is as if nobody had been invited.
      if (asked && !asked.duties) return;
      // Whoever's home it was is gone.
      if (!(await store.view(home))) {
        file.groups.note(home, uid, noGroups);
        continue;
      }
      const users = withUrls(directory, hosts);
      let owed: Owed | undefined;
      try {
        const {groups, tooMany} = await store.write(home, async (unit): Promise<Regrouped> => {
          owed?.undone();
          owed = undefined;
          if (!owner || !asked) return {groups: noGroups};
          const regrouped = await regroup(uid, {owner, context: {...asked, directory: users, duties}, unit, now: Date.now()});
          owed = regrouped.owed;
          return regrouped;
        });
        if (tooMany)
          log.warn({home, uid}, 'with those who are in its groups now an event would have too many attendees; it stays as it is');
        file.groups.note(home, uid, groups);
        (owed as Owed | undefined)?.kept();
      } catch (error) {
        log.error({err: error, home, uid}, 'who is invited by a group could not be seen to; it will be tried again');
        grouped = undefined;
      }
    }
  }

  /** Answers how many recipients are left, and when what is put off is due. */
  async function deliverAll(home: HomeId): Promise<{left: number; due: number | undefined}> {
    const view = await store.view(home);
    const outbox = view && outboxIn(view);
    if (!outbox) return {left: 0, due: undefined};
    const due = await courier.refreshAll(home, view);
    const claimed = claims.renewing(home);
    const told = {
      claimed,
      waiting: new Set<string>(),
      trouble: (text: string) => file.setTrouble(home, text.slice(0, 500)),
    };
    let left = 0;
    for (const stored of [...view.members(outbox.path)]) {
      if (stopped) return {left: left + 1, due};
      claimed();
      if (!stored.collection && !readRound(stored)) left += await courier.discharge(home, view, stored, told);
    }
    return {left, due};
  }

  const reaches = (address: string) =>
    options.mailer !== undefined &&
    /^mailto:/i.test(address.trim()) &&
    !(options.local && isLocalAddress(address, options.local));

  const hosts = new Set((options.hostNames ?? []).map(hostName));
  /** Of which accounts groups were looked at last. */
  let grouped: Directory | undefined;
  const wakeAll = () => {
    try {
      for (const home of file.owing()) wake(home);
      const directory = options.directory();
      if (grouped === directory) return;
      for (const home of file.groups.changed(membersIn(directory))) wake(home);
      grouped = directory;
    } catch (error) {
      log.error({err: error}, 'it could not be looked up what is to be delivered');
    }
  };

  async function idle(): Promise<void> {
    while (running.size > 0) await Promise.all([...running.values()].map(({done}) => done));
  }

  const noteGroups: Duties['noteGroups'] = (home, uid, groups) => file.groups.note(home, uid, groups);
  const noteEnded: Duties['noteEnded'] = (home, uid) => file.ended.note(home, uid);
  const duties: Duties = {owe, noteGroups, noteEnded, reaches};

  return {
    duties,
    start() {
      wakeAll();
      timer = setInterval(wakeAll, retryMs);
      timer.unref();
    },
    settle() {
      // It may have noted an event, or held a home, whose groups were looked at before.
      grouped = undefined;
      wakeAll();
    },
    deliverIncoming: courier.deliverTo,
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
