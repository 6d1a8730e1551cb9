import {makeEvents} from './data.ts';
import {place, type Request} from './load.ts';
import {ask} from './measure.ts';
import {asUser, awake, groundOf, spread} from './scale.ts';
import {seed} from './seed.ts';
import {guidOf, startOurs, userAt} from './servers.ts';
import {type Workload, workloads} from './workloads.ts';

/** A moment of the replay. */
export interface Sample {
  /** Minutes of the hour that is replayed. */
  readonly minute: number;
  readonly memoryBytes: number;
}

/** What the memory of a server did: the medians of the third and of the last quarter of the samples. */
export interface Growing {
  readonly beforeBytes: number;
  readonly afterBytes: number;
  readonly mostBytes: number;
}

/** A club: so many accounts, each with three devices that ask every five minutes. */
const accounts = 40;
const devices = 3;
const pollsAnHour = 12;
const eventsEach = 250;

/** What a device does at a poll beside its round, and how often of a hundred polls. */
const besides: readonly (readonly [id: string, percent: number])[] = [
  ['W6', 30],
  ['W7-upd', 15],
  ['W7-new', 10],
  ['W4', 10],
  ['W2', 5],
  ['W5-init', 3],
  ['W9', 2],
];

/** Replays the hour in so many minutes, and tells what memory all processes had meanwhile. Throws where a request is refused. */
export async function replay(
  base: string,
  {minutes, workers}: {minutes: number; workers: number},
  say: (text: string) => void,
): Promise<{samples: Sample[]; requests: number}> {
  const events = makeEvents(eventsEach, 'read');
  const guids = Array.from({length: accounts}, (_, at) => guidOf(userAt(at)));
  const calendars = new Map([['read', events]]);
  await using ours = await startOurs(base, {workers, users: accounts, seed: root => seed(root, guids, calendars)});
  const {ground, tokens} = await groundOf(ours.port, awake(accounts, accounts), events);
  const requestsOf = (workload: Workload) => spread(workload.requests(ground), tokens);
  const rounds = workloads.find(({id}) => id === 'W8')!.requests(ground);
  const others = besides.map(([id, percent]) => ({percent, requests: requestsOf(workloads.find(row => row.id === id)!)}));
  const polls = accounts * devices * pollsAnHour;
  const everyMs = (minutes * 60_000) / polls;
  const samples: Sample[] = [];
  const begun = performance.now();
  let requests = 0;
  let nextSample = 0;
  const send = async (request: Request) => {
    requests++;
    const {status} = await ask(ours.port, placed(request, requests));
    if (status >= 400) throw new Error(`${request.method} ${request.path} was refused with ${status}`);
  };
  for (let poll = 0; poll < polls; poll++) {
    const late = begun + poll * everyMs - performance.now();
    if (late > 0) await new Promise(resolve => setTimeout(resolve, late));
    const as = userAt(poll % accounts);
    const at = (poll % (rounds.length / 5)) * 5;
    for (const request of rounds.slice(at, at + 5)) await send(asUser(request, as, tokens));
    for (const [n, {percent, requests: list}] of others.entries()) {
      if ((poll * 37 + n * 13) % 100 < percent) await send(list[poll % list.length]!);
    }
    if (poll >= nextSample) {
      const sample = {minute: Math.round((poll / polls) * 60), memoryBytes: ours.memoryBytes()};
      samples.push(sample);
      say(`minute ${sample.minute}: ${Math.round(sample.memoryBytes / 2 ** 20)} MiB`);
      nextSample += polls / 40;
    }
  }
  return {samples, requests};
}

/** Whether it still grows in the end is told by its last quarter beside the one before; the first half fills caches. */
export function growing(samples: readonly Sample[]): Growing {
  const bytes = samples.map(({memoryBytes}) => memoryBytes);
  const quarter = Math.max(1, Math.floor(bytes.length / 4));
  const middle = (part: readonly number[]) => [...part].sort((a, b) => a - b)[Math.floor(part.length / 2)] ?? 0;
  return {
    beforeBytes: middle(bytes.slice(-2 * quarter, -quarter)),
    afterBytes: middle(bytes.slice(-quarter)),
    mostBytes: Math.max(...bytes),
  };
}

function placed(request: Request, counter: number): Request {
  const fill = (text: string) => text.replaceAll(place, String(counter).padStart(place.length, '0'));
  return {...request, path: fill(request.path), ...(request.body === undefined ? {} : {body: fill(request.body)})};
}
