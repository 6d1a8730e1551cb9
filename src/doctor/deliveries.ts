import {existsSync} from 'node:fs';
import type {Directory} from '../accounts/principal.ts';
import {isRunning} from '../base/is-running.ts';
import {UserError} from '../base/user-error.ts';
import {deliveriesFileIn, type Owing, openDeliveriesFile} from '../scheduling/deliveries-file.ts';
import {heldBack} from '../scheduling/mail/hold-back.ts';
import {mailFileIn, openMailFile} from '../scheduling/mail/mail-file.ts';
import {type Outgoing, OutgoingQueue} from '../scheduling/mail/outgoing.ts';
import {ownerOfHome} from '../scheduling/provision.ts';
import type {HomeId} from '../store/store.ts';
import {type CheckResult, fail, ok, warn} from './check.ts';

/** A file that cannot be read, and what to do. */
interface Unreadable {
  readonly message: string;
  readonly fix: string;
}

/** What is yet to be delivered: to calendars, and by mail. */
export interface DeliveriesReport {
  readonly owing: readonly Owing[] | Unreadable;
  /** Neither tokens nor what is in the messages. */
  readonly mail: readonly Pick<Outgoing, 'state' | 'created' | 'next' | 'attempts' | 'error'>[] | Unreadable;
}

/** Looks into the files in DataRoot; one that is not there is not made. */
export async function inspectDeliveries(dataRoot: string): Promise<DeliveriesReport> {
  const [owing, mail] = [deliveriesFileIn(dataRoot), mailFileIn(dataRoot)];
  return {
    owing: read(owing, () => {
      using file = openDeliveriesFile(owing);
      return file.report();
    }),
    mail: read(mail, () => {
      using database = openMailFile(mail);
      const found = new OutgoingQueue(database).list(false);
      return found.map(({state, created, next, attempts, error}) => ({state, created, next, attempts, error}));
    }),
  };
}

function read<T>(file: string, work: () => readonly T[]): readonly T[] | Unreadable {
  if (!existsSync(file)) return [];
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {message: error.message, fix: error.fix ?? 'caldav doctor'};
  }
}

/** What is put off, as the rounds in which many see who comes, or belongs to a request that was cut off, is seen to within ten minutes. */
const stuckAfterMs = 15 * 60_000;
const mailStuckAfterMs = 60 * 60_000;

/** `isServed`: the server sees to what is owed. */
export function judgeDeliveries(
  {owing, mail}: DeliveriesReport,
  {isServed, now, directory}: {isServed: boolean; now: number; directory: Directory | undefined},
): CheckResult[] {
  const results: CheckResult[] = [];
  if ('message' in owing) results.push(fail(owing.message, owing.fix));
  else results.push(...judgeOwing(owing, {isServed, now, nameOf: home => nameOf(home, directory)}));
  if ('message' in mail) results.push(fail(mail.message, mail.fix));
  else results.push(...judgeMail(mail, now));
  return results.length > 0 ? results : [ok('nothing waits to be delivered')];
}

function judgeOwing(
  owing: readonly Owing[],
  {isServed, now, nameOf}: {isServed: boolean; now: number; nameOf: (home: HomeId) => string},
): CheckResult[] {
  const listed = owing.map(({home, entries, since, holder, why}) => ({
    account: nameOf(home),
    changes: entries,
    since: new Date(since).toISOString(),
    ...(why === null ? {} : {why}),
    ...(holder === null ? {} : {seenToBy: Number(holder.split(' ')[1]), alive: isRunning(Number(holder.split(' ')[1]))}),
  }));
  const stuck = listed.filter(({since}) => Date.parse(since) < now - stuckAfterMs);
  if (owing.length === 0) return [];
  if (stuck.length === 0) return [ok(`${count(owing.length, 'account')} of which something is being delivered`, {owing: listed})];
  const [first] = stuck as [(typeof stuck)[number]];
  const why = stuck.find(each => each.why)?.why;
  const whose = stuck.length === 1 ? first.account : `${first.account} and ${count(stuck.length - 1, 'other account')}`;
  const message = `what ${whose} has for others is not delivered since ${first.since.slice(0, 16).replace('T', ' ')} UTC${why ? `: ${why}` : ''}`;
  const gone = stuck.find(each => each.alive === false);
  const fix = !isServed
    ? 'Start the server: it goes on where it was cut off.'
    : gone
      ? `The process ${gone.seenToBy} that saw to it is gone; another takes over within a minute. If not, type caldav restart.`
      : why
        ? 'Mend what the reason says; it is tried again every minute. The error log has each attempt.'
        : 'Look into the error log, and type caldav restart.';
  return [warn(message, fix, {owing: listed})];
}

function judgeMail(mail: Exclude<DeliveriesReport['mail'], Unreadable>, now: number): CheckResult[] {
  const results: CheckResult[] = [];
  const held = mail.filter(({error}) => error === heldBack);
  if (held.length > 0) {
    const message = `${count(held.length, 'message')} out of a backup ${held.length === 1 ? 'is' : 'are'} held back, since they may have been sent before`;
    results.push(
      warn(message, 'caldav mail queue lists them; caldav mail retry <id> sends one, caldav mail drop <id> does not', {
        heldBack: held.length,
      }),
    );
  }
  const waiting = mail.filter(({state}) => state === 'waiting');
  const [oldest] = waiting;
  if (oldest && oldest.created < now - mailStuckAfterMs) {
    const tried = waiting.find(({error}) => error !== '');
    const since = new Date(oldest.created).toISOString();
    const next = Math.min(...waiting.map(each => each.next));
    results.push(
      warn(
        `${count(waiting.length, 'message')} could not be mailed since ${since.slice(0, 16).replace('T', ' ')} UTC${tried ? `: ${tried.error}` : ''}`,
        'See that the mail server takes messages; caldav mail queue lists them, caldav mail retry <id> tries one again now',
        {waiting: waiting.length, since, nextTry: new Date(next).toISOString(), ...(tried ? {why: tried.error} : {})},
      ),
    );
  } else if (oldest) results.push(ok(`${count(waiting.length, 'message')} to be mailed`, {waiting: waiting.length}));
  return results;
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;

function nameOf(home: HomeId, directory: Directory | undefined): string {
  const guid = ownerOfHome(home);
  return directory?.findByGuid(guid)?.uids[0] ?? guid;
}
