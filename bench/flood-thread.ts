import {connect, type Socket} from 'node:net';
import {parentPort, workerData} from 'node:worker_threads';
import {createReader} from './answers.ts';
import type {FloodOrder, FloodResult, Visitor} from './flood.ts';
import {place} from './load.ts';

/** Holds many connections open and keeps so many requests under way on them, those that have waited longest first. */
const {port, visitors, underWay, seconds} = workerData as FloodOrder;

interface Line {
  readonly visitor: Visitor;
  socket: Socket;
  at: number;
  sent: {readonly since: number; readonly kind: 'read' | 'write'; readonly text: string} | undefined;
}

/** After a 503, a connection is left alone for so long: not as long as Retry-After says, for then there would be no flood. */
const restMs = 1000;

const latencies = {read: [] as number[], write: [] as number[]};
const statuses: Record<string, number> = {};
const wrong: Record<string, number> = {};
const idle: Line[] = [];
let busy = 0;
let counter = 0;
let reopened = 0;

const begun = performance.now();
const end = begun + seconds * 1000;
const {promise: over, resolve: finish} = Promise.withResolvers<void>();

const count = (table: Record<string, number>, name: string) => {
  table[name] = (table[name] ?? 0) + 1;
};

// Not all with the same request; but none deletes what it has not stored.
for (const [at, visitor] of visitors.entries()) open({visitor, at: at % 3, sent: undefined} as Line);
setTimeout(pump, seconds * 1000);
await over;
const took = (performance.now() - begun) / 1000;
const tell = (all: number[]) => {
  all.sort((a, b) => a - b);
  const at = (part: number) => all[Math.min(all.length - 1, Math.floor(all.length * part))] ?? 0;
  return {count: all.length, p50: at(0.5), p99: at(0.99), longest: at(1)};
};
parentPort!.postMessage({
  perSecond: (latencies.read.length + latencies.write.length) / took,
  read: tell(latencies.read),
  write: tell(latencies.write),
  statuses,
  wrong,
  reopened,
} satisfies FloodResult);

/** Opens a line, or opens it anew. */
function open(line: Line) {
  const socket = connect({port, host: '127.0.0.1', noDelay: true});
  line.socket = socket;
  const read = createReader((status, _bytes, head) => answered(line, status, head));
  socket.on('connect', () => free(line));
  socket.on('data', chunk => {
    try {
      read(chunk);
    } catch (error) {
      count(wrong, (error as Error).message);
      socket.destroy();
    }
  });
  socket.on('error', error => count(wrong, error.message));
  socket.on('close', () => closed(line));
}

function closed(line: Line) {
  if (line.sent) {
    busy--;
    count(wrong, 'a connection was closed without an answer');
  }
  line.sent = undefined;
  if (performance.now() >= end) return pump();
  reopened++;
  const at = idle.indexOf(line);
  if (at >= 0) idle.splice(at, 1);
  setTimeout(() => open(line), restMs);
}

function answered(line: Line, status: number, head: string) {
  const {since, kind, text} = line.sent!;
  line.sent = undefined;
  busy--;
  latencies[kind].push(performance.now() - since);
  count(statuses, String(status));
  if (status === 503 && !/^retry-after: *\d/im.test(head)) count(wrong, '503 without Retry-After');
  if (status >= 400 && status !== 503) count(wrong, `status ${status} to ${text.slice(0, text.indexOf(' HTTP'))}`);
  if (status === 503) setTimeout(() => free(line), restMs);
  else free(line);
  pump();
}

function free(line: Line) {
  if (line.socket.destroyed) return;
  idle.push(line);
  pump();
}

function pump() {
  if (performance.now() >= end) {
    if (busy === 0) finish();
    return;
  }
  while (busy < underWay && idle.length > 0) {
    const line = idle.shift()!;
    const {text, write} = line.visitor.requests[line.at++ % line.visitor.requests.length]!;
    busy++;
    line.sent = {since: performance.now(), kind: write ? 'write' : 'read', text};
    line.socket.write(text.replaceAll(place, String(counter++ % 10 ** place.length).padStart(place.length, '0')));
  }
}
