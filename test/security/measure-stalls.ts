/**
 * How long the worst requests keep everybody else waiting: `node test/security/measure-stalls.ts [part of a name]`. For each, the longest
 * time that the server's thread computed without a turn for others, in milliseconds of its own processor time, and the whole of it.
 */
import {request} from 'node:http';
import {isMainThread, parentPort, Worker, workerData} from 'node:worker_threads';
import {serve} from '../support/serve.ts';
import {type WorstRequest, worstRequests} from './worst-requests.ts';

const home = '/calendars/users/mallory/';
const authorization = `Basic ${Buffer.from('mallory:mallory').toString('base64')}`;

/** Sends from a thread of its own, so that only the server's work is counted. */
async function client({base}: {base: string}) {
  parentPort!.on('message', async (index: number | string) => {
    const [number, name] = String(index).split(' ');
    const worst = worstRequests[Number(number)]!;
    const sent: WorstRequest = name
      ? {
          ...worst,
          method: 'PUT',
          path: `calendar/${name}`,
          headers: {'content-type': 'text/calendar'},
          body: worst.objects![name]!,
        }
      : worst;
    parentPort!.postMessage(await send(base, sent));
  });
}

function send(base: string, {method, path, headers, body = ''}: WorstRequest): Promise<number> {
  return new Promise(resolve => {
    const sent = request(base + home + path, {
      method,
      headers: {...headers, authorization, 'content-length': Buffer.byteLength(body)},
    });
    sent.on('response', answer => answer.on('end', () => resolve(answer.statusCode!)).resume());
    sent.on('error', () => resolve(0));
    sent.end(body);
  });
}

const cpu = () => {
  const {user, system} = process.threadCpuUsage();
  return (user + system) / 1000;
};

async function measure(wanted: string) {
  const {mallory, base, close} = await serve({mallory: []}, {keep: true});
  const worker = new Worker(new URL(import.meta.url), {workerData: {base}});
  const ask = (message: string) =>
    new Promise<number>(resolve => {
      worker.once('message', resolve);
      worker.postMessage(message);
    });
  await mallory.request('OPTIONS', '/');
  let longest = 0;
  let last = cpu();
  const turn = () => {
    const now = cpu();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(turn, 1);
  for (const [number, worst] of worstRequests.entries()) {
    if (!worst.name.includes(wanted)) continue;
    await mallory.delete(`${home}calendar/`);
    await mallory.request('MKCALENDAR', `${home}calendar/`);
    for (const name of Object.keys(worst.objects ?? {})) await ask(`${number} ${name}`);
    longest = 0;
    const before = cpu();
    const status = await ask(String(number));
    turn();
    const right = worst.answers.includes(status) ? ' ' : '!';
    process.stdout.write(
      `${longest.toFixed(0).padStart(6)} of ${(cpu() - before).toFixed(0).padStart(6)} ms  ${status}${right} ${worst.name}\n`,
    );
  }
  clearInterval(timer);
  await worker.terminate();
  await close();
}

if (isMainThread) await measure(process.argv[2] ?? '');
else await client(workerData);
