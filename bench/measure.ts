import {makeEvents} from './data.ts';
import {authorizationOf, type LoadOrder, type LoadResult, load, onWire, type Request, user} from './load.ts';
import {type Answer, ctag, type Ground, type Workload} from './workloads.ts';

/** What one workload came to at one number of connections. */
export interface Measured {
  readonly id: string;
  readonly title: string;
  readonly connections: number;
  readonly ours: LoadResult;
  /** Bare node:http, answering as many bytes to the same requests. */
  readonly bare: LoadResult;
  /** Ours of bare, in requests a second: the median of the pairs, so that what else the machine does weighs on both alike. */
  readonly ratio: number;
  /** Processor time that a request takes, in milliseconds; undefined where the system does not tell it. */
  readonly cpu?: {readonly ours: number; readonly bare: number};
}

/** What is measured, and how its processor time is asked for. */
export interface Target {
  readonly port: number;
  cpuMs(): number | undefined;
}

export interface HowLong {
  readonly connections: readonly number[];
  readonly seconds: number;
  /** Ours and bare in turn; the median counts. */
  readonly repetitions: number;
}

/** Makes the two calendars and fills them; answers events stored a second besides. */
export async function prepare(port: number, count: number): Promise<{ground: Ground; loadedPerSecond: number}> {
  const home = `/calendars/users/${user}/`;
  const [calendar, put] = [`${home}read/`, `${home}put/`];
  const events = makeEvents(count, 'read');
  const putEvents = makeEvents(Math.min(count, 1000), 'put');
  for (const path of [calendar, put]) expectDone(await ask(port, {method: 'MKCALENDAR', path}));
  const all = [...events.map(event => [calendar, event] as const), ...putEvents.map(event => [put, event] as const)];
  const requests = all.map(([path, {name, text}]) => onWire({method: 'PUT', path: path + name, body: text}));
  const loaded = await load({port, requests, connections: 16, seconds: 0, cycle: 1, once: true});
  if (loaded.errors > 0) throw new Error(`the calendars could not be filled: ${loaded.wrong}`);
  const oldToken = await tokenOf(port, calendar);
  for (const {name, text} of events.slice(0, 10)) {
    expectDone(await ask(port, {method: 'PUT', path: calendar + name, body: text.replace('SEQUENCE:0', 'SEQUENCE:1')}));
  }
  const token = await tokenOf(port, calendar);
  const principal = `/principals/users/${user}/`;
  const run = Math.floor(Math.random() * 2 ** 32).toString(16);
  return {ground: {principal, home, calendar, events, put, putEvents, token, oldToken, run}, loadedPerSecond: loaded.perSecond};
}

/** Checks every distinct answer, then measures. Throws where an answer is wrong: then a figure would mean nothing. */
export async function measure(
  workload: Workload,
  ground: Ground,
  targets: {readonly ours: Target; readonly bare: Target},
  {connections, seconds, repetitions}: HowLong,
): Promise<Measured[]> {
  const {id, title, cycle = 1} = workload;
  const requests = workload.requests(ground);
  const sizes: number[] = [];
  for (const [at, request] of requests.entries()) {
    const answer = await ask(targets.ours.port, unplaced(request));
    const wrong = workload.check(ground, at, answer);
    if (wrong !== undefined) throw new Error(`${id}: the answer to request ${at} is wrong: ${wrong}`);
    sizes.push(Buffer.byteLength(answer.body));
  }
  const ours = requests.map(request => onWire(request));
  const bare = requests.map((request, at) => onWire({...request, path: `${request.path}/${sizes[at]}`}));
  const results: Measured[] = [];
  for (const count of connections) {
    const runs: {ours: Loaded; bare: Loaded}[] = [];
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const order = {connections: count, seconds, cycle};
      runs.push({
        bare: await loadTarget(targets.bare, {...order, requests: bare}),
        ours: await loadTarget(targets.ours, {...order, requests: ours}),
      });
    }
    const failed = runs.find(run => run.ours.errors > 0);
    if (failed)
      throw new Error(`${id}: ${failed.ours.errors} of ${failed.ours.count} requests were refused: ${failed.ours.wrong}`);
    const typical = {
      ours: median(
        runs.map(run => run.ours),
        rate,
      ),
      bare: median(
        runs.map(run => run.bare),
        rate,
      ),
    };
    const ratio = median(
      runs.map(run => run.ours.perSecond / run.bare.perSecond),
      value => value,
    );
    const [cpuOurs, cpuBare] = [typical.ours.cpuMs, typical.bare.cpuMs];
    const cpu = cpuOurs === undefined || !cpuBare ? {} : {cpu: {ours: cpuOurs, bare: cpuBare}};
    results.push({id, title, connections: count, ...typical, ratio, ...cpu});
  }
  return results;
}

export interface Loaded extends LoadResult {
  /** A request's. */
  readonly cpuMs: number | undefined;
}

export async function loadTarget({port, cpuMs}: Target, order: Omit<LoadOrder, 'port'>): Promise<Loaded> {
  const before = cpuMs();
  const result = await load({...order, port});
  const after = cpuMs();
  return {...result, cpuMs: before === undefined || after === undefined ? undefined : (after - before) / result.count};
}

/** The one in the middle. */
export function median<T>(all: readonly T[], by: (one: T) => number): T {
  return [...all].sort((a, b) => by(a) - by(b))[Math.floor(all.length / 2)]!;
}

const rate = ({perSecond}: LoadResult) => perSecond;

export async function ask(port: number, {method, path, depth, body, as = user}: Request): Promise<Answer> {
  const type = body?.startsWith('BEGIN:') ? 'text/calendar' : 'application/xml';
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      Authorization: authorizationOf(as),
      'Accept-Encoding': 'identity',
      ...(depth === undefined ? {} : {Depth: depth}),
      ...(body === undefined ? {} : {'Content-Type': `${type}; charset=utf-8`}),
    },
    ...(body === undefined ? {} : {body}),
  });
  return {status: answer.status, body: await answer.text()};
}

/** With other digits than the load generator will put there. */
export function unplaced(request: Request): Request {
  const fill = (text: string) => text.replaceAll('@@@@@@@@@@', 'x123456789');
  return {...request, path: fill(request.path), ...(request.body === undefined ? {} : {body: fill(request.body)})};
}

export async function tokenOf(port: number, path: string, as = user): Promise<string> {
  const {body} = await ask(port, {...ctag(path), as});
  const token = /<(?:\w+:)?sync-token>([^<]+)</.exec(body)?.[1];
  if (token === undefined) throw new Error(`${path} has no sync token: ${body}`);
  return token;
}

function expectDone({status, body}: Answer): void {
  if (status >= 300) throw new Error(`the server refused with ${status}: ${body}`);
}
