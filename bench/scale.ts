import {type BenchEvent, makeEvents} from './data.ts';
import {onWire, type Request, user} from './load.ts';
import {ask, type Loaded, loadTarget, median, type Target, tokenOf, unplaced} from './measure.ts';
import {seed} from './seed.ts';
import {guidOf, type OursOptions, type Running, startOurs, userAt} from './servers.ts';
import type {Ground, Workload} from './workloads.ts';

/** What grows: the events of one calendar, or the homes of one server. */
export type Dimension = 'events' | 'homes';

/** Workloads whose cost should not follow the size, or only the answer; in homes, those that ask each for a home of its own. */
export const scaled: Readonly<Record<Dimension, readonly string[]>> = {
  events: ['W1', 'W4-3d', 'W5-empty', 'W6', 'W7-new', 'W7-upd'],
  homes: ['W1', 'W5-empty', 'W6', 'W7-new', 'W7-upd'],
};

/** A server of one size, filled. */
export interface Sized {
  readonly size: number;
  readonly target: Target;
  readonly ground: Ground;
  /** The homes that are asked, in turn, with their tokens by user. */
  readonly tokens: ReadonlyMap<string, string>;
}

/** What a workload costs at one size, beside the smallest. */
export interface Growth {
  readonly id: string;
  readonly size: number;
  readonly perSecond: number;
  /** Processor time of a request, in milliseconds; undefined where the system does not tell it. */
  readonly cpuMs: number | undefined;
  /** How many times what it takes at the smallest size: the median of turns that follow each other at once. */
  readonly time: number;
  readonly cpu: number | undefined;
}

/** `1k,10k` → 1000, 10000. Throws for what is no list of sizes. */
export function parseSizes(text: string): number[] {
  return text.split(',').map(one => {
    const [, digits, thousands] = /^(\d+)(k?)$/.exec(one.trim()) ?? [];
    const size = Number(digits) * (thousands ? 1000 : 1);
    if (!(size > 0)) throw new Error(`“${one}” is no size; write them as 10,1k,100k`);
    return size;
  });
}

/** A third of a thousand a year, whatever the count: more events make the calendar longer, so that the answers stay the same. */
const perYear = 333;
const perHome = 10;
const unlimited = '<key>MaxResourcesPerCollection</key><integer>0</integer><key>UserQuota</key><integer>0</integer>';

/** Starts a server with so many events in its calendar, or so many homes. */
export async function startSized(
  base: string,
  dimension: Dimension,
  size: number,
  workers: number,
): Promise<{running: Running; events: readonly BenchEvent[]}> {
  const events = dimension === 'events' ? makeEvents(size, 'read', size / perYear) : makeEvents(perHome, 'read');
  const users = dimension === 'homes' ? size : 1;
  const guids = Array.from({length: users}, (_, at) => guidOf(userAt(at)));
  const calendars = new Map([['read', events]]);
  const options: OursOptions = {workers, users, plist: unlimited, seed: root => seed(root, guids, calendars)};
  return {running: await startOurs(base, options), events};
}

/** Which of so many homes are asked, where only some are: spread over all of them, the first among them. */
export function awake(homes: number, asked: number): number[] {
  return Array.from({length: Math.min(homes, asked)}, (_, at) => Math.floor((at * homes) / Math.min(homes, asked)));
}

/** Looks at each of the homes once, so that what a home's first look costs is not measured, and takes its token. */
export async function groundOf(
  port: number,
  homes: readonly number[],
  events: readonly BenchEvent[],
): Promise<{ground: Ground; tokens: ReadonlyMap<string, string>}> {
  const home = `/calendars/users/${user}/`;
  const calendar = `${home}read/`;
  const tokens = new Map<string, string>();
  let next = 0;
  const look = async () => {
    for (let at = next++; at < homes.length; at = next++) {
      const name = userAt(homes[at]!);
      tokens.set(name, await tokenOf(port, calendar.replace(`/${user}/`, `/${name}/`), name));
    }
  };
  await Promise.all(Array.from({length: 8}, look));
  const token = tokens.get(user)!;
  const run = Math.floor(Math.random() * 2 ** 32).toString(16);
  const principal = `/principals/users/${user}/`;
  // What is written to is what is read: it is to be as large.
  return {ground: {principal, home, calendar, events, put: calendar, putEvents: events, token, oldToken: token, run}, tokens};
}

/** The requests of a workload, put to each home in turn. */
export function spread(requests: readonly Request[], tokens: ReadonlyMap<string, string>, mostRequests = 20_000): Request[] {
  const users = [...tokens.keys()];
  const count = Math.min(mostRequests, Math.max(requests.length, users.length));
  return Array.from({length: count}, (_, at) => asUser(requests[at % requests.length]!, users[at % users.length]!, tokens));
}

/** The first account's request as another would put it to its own home. */
export function asUser(request: Request, as: string, tokens: ReadonlyMap<string, string>): Request {
  const theirs = (text: string) => text.replaceAll(`/users/${user}/`, `/users/${as}/`);
  const path = theirs(request.path);
  if (request.body === undefined) return {...request, as, path};
  return {...request, as, path, body: theirs(request.body).replaceAll(tokens.get(user)!, tokens.get(as)!)};
}

/** Measures a workload at every size in turns, so that what else the machine does weighs on all alike. */
export async function measureGrowth(
  workload: Workload,
  sizes: readonly Sized[],
  {connections, seconds, repetitions}: {connections: number; seconds: number; repetitions: number},
): Promise<Growth[]> {
  const {id, cycle = 1} = workload;
  const prepared: string[][] = [];
  for (const {ground, target, tokens} of sizes) {
    const requests = workload.requests(ground);
    for (const [at, request] of requests.slice(0, 50).entries()) {
      const wrong = workload.check(ground, at, await ask(target.port, unplaced(request)));
      if (wrong !== undefined) throw new Error(`${id}: the answer to request ${at} is wrong: ${wrong}`);
    }
    prepared.push(spread(requests, tokens).map(onWire));
  }
  const turns: Loaded[][] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const turn: Loaded[] = [];
    for (const [at, {target}] of sizes.entries()) {
      const result = await loadTarget(target, {requests: prepared[at]!, connections, seconds, cycle});
      if (result.errors > 0) throw new Error(`${id}: ${result.errors} of ${result.count} requests were refused: ${result.wrong}`);
      turn.push(result);
    }
    turns.push(turn);
  }
  return sizes.map(({size}, at) => {
    const {perSecond, cpuMs} = median(
      turns.map(turn => turn[at]!),
      one => one.perSecond,
    );
    const time = middle(turns.map(turn => turn[0]!.perSecond / turn[at]!.perSecond))!;
    const cpu = middle(turns.flatMap(turn => (turn[at]!.cpuMs && turn[0]!.cpuMs ? [turn[at]!.cpuMs / turn[0]!.cpuMs] : [])));
    return {id, size, perSecond, cpuMs, time, cpu};
  });
}

function middle(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : median(values, value => value);
}
