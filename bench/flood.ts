import {Worker} from 'node:worker_threads';
import {makeEvents, ranges} from './data.ts';
import {load, onWire, type Request} from './load.ts';
import type {Running} from './servers.ts';
import {ctag, multiget, propfind, query, sync, update} from './workloads.ts';

/** One of those who keep a connection open, and what it asks for in turn. */
export interface Visitor {
  readonly requests: readonly {readonly text: string; readonly write: boolean}[];
}

export interface FloodOrder {
  readonly port: number;
  /** One a connection. */
  readonly visitors: readonly Visitor[];
  /** So many requests wait for their answers at any time. */
  readonly underWay: number;
  readonly seconds: number;
}

/** Milliseconds. */
interface Latencies {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

export interface FloodResult {
  readonly perSecond: number;
  readonly read: Latencies;
  readonly write: Latencies;
  readonly statuses: Readonly<Record<string, number>>;
  /** What must not be, and how often it was. */
  readonly wrong: Readonly<Record<string, number>>;
  /** Connections that the server closed. */
  readonly reopened: number;
}

/** So many accounts, each with two calendars of so many events. */
const accountsCount = 50;
const eventsEach = 100;
export const floodAccounts = Array.from({length: accountsCount}, (_, at) => `flood${at}`);

/** Fills the calendars of `floodAccounts`; answers what `connections` ask for. */
export async function prepareFlood(port: number, connections: number): Promise<Visitor[]> {
  const events = makeEvents(eventsEach, 'flood');
  const calendars = (account: string) => ['calendar/', 'work/'].map(name => `/calendars/users/${account}/${name}`);
  const store = (account: string): Request[] => [
    {method: 'MKCALENDAR', path: calendars(account)[1]!},
    ...calendars(account).flatMap(path =>
      events.map(event => ({
        method: 'PUT',
        path: path + event.name,
        body: event.text.replaceAll(event.uid, event.uid + path.at(-2)),
      })),
    ),
  ];
  const fill = async (account: string) => {
    const requests = store(account).map(request => onWire({...request, as: account}));
    const {errors, wrong} = await load({port, requests, connections: 1, seconds: 0, cycle: 1, once: true});
    if (errors > 0) throw new Error(`the calendars of ${account} could not be filled: ${wrong}`);
  };
  // Ten side by side: their writes wait for the disk together.
  for (let at = 0; at < accountsCount; at += 10) await Promise.all(floodAccounts.slice(at, at + 10).map(fill));
  return Array.from({length: connections}, (_, at) => {
    const account = floodAccounts[at % accountsCount]!;
    const calendar = calendars(account)[Math.floor(at / accountsCount) % 2]!;
    // Elsewhere in the events for each, and a name of its own that comes and goes.
    const some = Array.from({length: 10}, (_, n) => events[(at * 7 + n * 9) % eventsEach]!);
    const own = {...some[0]!, name: `own-${at}.ics`, text: some[0]!.text.replaceAll(some[0]!.uid, `own-${at}`)};
    const renamed = {...some[1]!, text: some[1]!.text.replaceAll(some[1]!.uid, some[1]!.uid + calendar.at(-2))};
    const round: Request[] = [
      ctag(calendar),
      propfind(`/calendars/users/${account}/`, '1', '<D:resourcetype/><D:displayname/><D:sync-token/>'),
      {method: 'PUT', path: calendar + own.name, body: own.text},
      sync(calendar, ''),
      {method: 'GET', path: calendar + some[2]!.name},
      update(calendar, renamed),
      multiget(calendar, some),
      ctag(calendar),
      query(calendar, ranges()[at % 12]!),
      {method: 'DELETE', path: calendar + own.name},
    ];
    const requests = round.map(request => ({
      text: onWire({...request, as: account}),
      write: request.method === 'PUT' || request.method === 'DELETE',
    }));
    return {requests};
  });
}

/** Puts the flood on a server; answers with the memory of its processes at ten moments of it, in MiB. */
export async function flood(server: Running, order: Omit<FloodOrder, 'port'>): Promise<FloodResult & {memoryMiB: number[]}> {
  const memoryMiB: number[] = [];
  const sample = () => memoryMiB.push(Math.round(server.memoryBytes() / 2 ** 20));
  const timer = setInterval(sample, (order.seconds * 1000) / 10.5);
  try {
    const result = await new Promise<FloodResult>((resolve, reject) => {
      const thread = new Worker(new URL('./flood-thread.ts', import.meta.url), {workerData: {...order, port: server.port}});
      thread.on('message', resolve).on('error', reject);
      thread.on('exit', code => reject(new Error(`the flood ended with ${code}`)));
    });
    return {...result, memoryMiB};
  } finally {
    clearInterval(timer);
  }
}

/** What a person wants to know of it. */
export function printFlood({
  perSecond,
  read,
  write,
  statuses,
  wrong,
  reopened,
  memoryMiB,
}: Awaited<ReturnType<typeof flood>>): string {
  const times = ({count, p50, p99, longest}: Latencies) =>
    `${count} answers, median ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, longest ${longest.toFixed(0)} ms`;
  const table = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([name, count]) => `${name}: ${count}`)
      .join(', ') || 'nothing';
  return [
    `${perSecond.toFixed(0)} answers a second; ${reopened} connections closed by the server`,
    `reads: ${times(read)}`,
    `writes: ${times(write)}`,
    `statuses: ${table(statuses)}`,
    `wrong: ${table(wrong)}`,
    `MiB of all processes, in ten moments: ${memoryMiB.join(' ')}`,
    '',
  ].join('\n');
}
