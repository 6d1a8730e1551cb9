import {connect} from 'node:net';
import {parentPort, workerData} from 'node:worker_threads';
import {createReader} from './answers.ts';
import {type LoadOrder, type LoadResult, place} from './load.ts';

/** Sends what it was ordered to, each connection one request at a time, and tells what came back. */
const {port, requests, connections, seconds, cycle, once} = workerData as LoadOrder;

const ready = requests.map(text => (text.includes(place) ? text : Buffer.from(text)));
const latencies: number[] = [];
let errors = 0;
let bytes = 0;
let sent = 0;
let counter = 0;
let wrong: string | undefined;

/** Those that hold the place are new each time, of the same length. */
function next(at: number): Buffer {
  const request = ready[at % ready.length]!;
  if (typeof request !== 'string') return request;
  return Buffer.from(request.replaceAll(place, String(counter++).padStart(place.length, '0')));
}

const begun = performance.now();
const end = begun + seconds * 1000;

await Promise.all(Array.from({length: connections}, (_, one) => converse(one)));
const took = (performance.now() - begun) / 1000;
latencies.sort((a, b) => a - b);
const at = (part: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0;
parentPort!.postMessage({
  perSecond: latencies.length / took,
  p50: at(0.5),
  p99: at(0.99),
  count: latencies.length,
  errors,
  bytes,
  ...(wrong === undefined ? {} : {wrong}),
} satisfies LoadResult);

/** One connection until the time is over; what is under way then is awaited, and what belongs together is sent to its end. */
function converse(one: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({port, host: '127.0.0.1', noDelay: true});
    // Each begins elsewhere, at the begin of what belongs together.
    let position = Math.floor((one * ready.length) / connections / cycle) * cycle;
    let since = 0;
    let inCycle = 0;
    const send = () => {
      if (once ? sent >= ready.length : inCycle % cycle === 0 && performance.now() >= end) {
        socket.destroy();
        resolve();
        return;
      }
      inCycle++;
      since = performance.now();
      socket.write(next(once ? sent++ : position++));
    };
    const read = createReader((status, bodyBytes) => {
      latencies.push(performance.now() - since);
      bytes += bodyBytes;
      if (status >= 400) {
        errors++;
        wrong ??= `status ${status}`;
      }
      send();
    });
    socket.on('connect', send);
    socket.on('data', chunk => {
      try {
        read(chunk);
      } catch (error) {
        socket.destroy();
        reject(error);
      }
    });
    socket.on('error', reject);
    socket.on('end', () => reject(new Error('the server has closed a connection that was in use')));
  });
}
