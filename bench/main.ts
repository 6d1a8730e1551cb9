import {readFile, writeFile} from 'node:fs/promises';
import {cpus, loadavg, platform, release, tmpdir, totalmem} from 'node:os';
import {parseArgs} from 'node:util';
import {type Baseline, findRegressions, mergeBaseline} from './baseline.ts';
import {flood, floodAccounts, prepareFlood, printFlood} from './flood.ts';
import {measureInvitations, printInvitations} from './invite.ts';
import {type HowLong, type Measured, measure, prepare} from './measure.ts';
import {parseSizes} from './scale.ts';
import {startHello, startOurs} from './servers.ts';
import {showGrowth, showReplay} from './show.ts';
import {percent, printTable} from './table.ts';
import {workloads} from './workloads.ts';

const usage = `npm run bench -- [options]

Measures this server beside bare node:http on this machine; docs/performance.md tells what the figures mean.

  --events N         events in the calendar that is read: 1k (default), 10k, …; several, 1k,10k,100k, tell how cost grows with them
  --homes 10,1k,10k  tells how cost grows with the homes of one server
  --asked N          so many of them are asked, in turn (default: 40)
  --replay           replays an hour of a club’s devices in ten minutes and tells whether memory grows
  --minutes N        the replay’s length
  --workloads W1,W4  only these, or all that begin so
  --connections 1,16 how many at a time
  --workers N        processes that answer (default: 2)
  --flood            instead, keep 500 connections open and 200 requests under way, from 50 accounts, for 20 s (--seconds N)
  --invite N         instead, invite N people to one event, change it, let all answer, call it off
  --elsewhere N      so many of them have no account here
  --mail             those are told by mail
  --quick            1 s and once each instead of 2 s and three times
  --save             makes the results the baseline to compare with
  --threshold N      percent that a ratio may fall below its baseline (default: 25)
  --dir DIR          where the server’s folder is made and removed again (default: ${tmpdir()})
  --json             print everything as JSON

Exit codes: 0 done, 1 failed or slower than the baseline, 64 wrong usage.
`;

const baselineFile = new URL('./baseline.json', import.meta.url);

// Ctrl-C ends it in order: the servers stop and the folder goes.
const {promise: interrupted, reject: interrupt} = Promise.withResolvers<never>();
interrupted.catch(() => {});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt(new Error(`stopped by ${signal}`)));

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exitCode = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') ? 64 : 1;
}

async function main(): Promise<number> {
  const {values} = parseArgs({
    options: {
      events: {type: 'string', default: '1k'},
      homes: {type: 'string', default: ''},
      asked: {type: 'string', default: '40'},
      replay: {type: 'boolean', default: false},
      minutes: {type: 'string', default: '10'},
      workloads: {type: 'string', default: ''},
      connections: {type: 'string', default: '1,16'},
      workers: {type: 'string', default: '2'},
      threshold: {type: 'string', default: '25'},
      dir: {type: 'string', default: tmpdir()},
      flood: {type: 'boolean', default: false},
      seconds: {type: 'string', default: '20'},
      invite: {type: 'string'},
      elsewhere: {type: 'string', default: '0'},
      mail: {type: 'boolean', default: false},
      quick: {type: 'boolean', default: false},
      save: {type: 'boolean', default: false},
      json: {type: 'boolean', default: false},
      help: {type: 'boolean', short: 'h', default: false},
    },
  });
  const sizes = parseSizes(values.events);
  const [events] = sizes as [number];
  const homes = values.homes === '' ? [] : parseSizes(values.homes);
  const chosen = values.workloads.split(',').filter(Boolean);
  const rows = workloads.filter(({id}) => chosen.length === 0 || chosen.some(one => id === one || id.startsWith(`${one}-`)));
  const connections = values.connections.split(',').map(Number);
  const numbers = [
    values.workers,
    values.seconds,
    values.threshold,
    values.minutes,
    values.asked,
    values.invite ?? 1,
    ...connections,
  ].map(Number);
  const right = rows.length > 0 && Math.min(...sizes) >= 100 && numbers.every(value => value > 0 && Number.isFinite(value));
  if (values.help || !right) {
    (values.help ? process.stdout : process.stderr).write(usage);
    return values.help ? 0 : 64;
  }
  const how: HowLong = {connections, seconds: values.quick ? 1 : 2, repetitions: values.quick ? 1 : 3};
  const say = (text: string) => process.stderr.write(`${text}\n`);
  if (values.replay)
    return await Promise.race([showReplay(values.dir, Number(values.workers), Number(values.minutes), say), interrupted]);
  if (sizes.length > 1 || homes.length > 0) {
    const growing = homes.length > 0 ? ({dimension: 'homes', sizes: homes} as const) : ({dimension: 'events', sizes} as const);
    return await Promise.race([
      showGrowth(values.dir, {...growing, rows, asked: Number(values.asked), workers: Number(values.workers), how}, say),
      interrupted,
    ]);
  }

  if (values.flood) return runFlood();
  if (values.invite !== undefined) return runInvitations(Number(values.invite), Number(values.elsewhere));

  await using hello = await startHello();
  await using ours = await startOurs(values.dir, {workers: Number(values.workers)});
  say(`${machine()}; ready in ${Math.round(ours.readyMs)} ms; filling a calendar with ${events} events …`);
  const [busy] = loadavg();
  if (busy! > cpus().length / 2) say(`The machine does much else (load ${busy!.toFixed(1)}): look at ratios, not at rates.`);
  const {ground, loadedPerSecond} = await Promise.race([prepare(ours.port, events), interrupted]);
  const results: Measured[] = [];
  for (const row of rows) {
    const measured = await Promise.race([measure(row, ground, {ours, bare: hello}, how), interrupted]);
    results.push(...measured);
    say(measured.map(({connections, ratio}) => `${row.id} at ${connections}: ${percent(ratio)} of bare`).join(', '));
  }
  const memoryMiB = Math.round(ours.memoryBytes() / 1024 / 1024);

  const baseline = JSON.parse(await readFile(baselineFile, 'utf8')) as Baseline;
  const regressions = values.save ? [] : findRegressions(results, baseline, events, Number(values.threshold));
  if (values.save) {
    const when = `${machine()}, ${new Date().toISOString().slice(0, 10)}, load ${busy!.toFixed(1)}`;
    await writeFile(baselineFile, `${JSON.stringify(mergeBaseline(baseline, results, events, when), null, 2)}\n`);
  }
  if (values.json) {
    const all = {machine: machine(), events, loadedPerSecond, memoryMiB, readyMs: ours.readyMs, results, regressions};
    process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
  } else {
    process.stdout.write(`\n${printTable(results, baseline, events)}\n\n`);
    process.stdout.write(`${Math.round(loadedPerSecond)} events a second while filling; ${memoryMiB} MiB in all processes.\n`);
  }
  for (const {id, connections, ratio, baseline} of regressions) {
    say(`slower: ${id} at ${connections} connections, ${percent(ratio)} of bare instead of ${percent(baseline)}`);
  }
  return regressions.length > 0 ? 1 : 0;

  async function runFlood(): Promise<number> {
    await using ours = await startOurs(values.dir, {workers: Number(values.workers), others: floodAccounts});
    say(`${machine()}; filling ${2 * floodAccounts.length} calendars …`);
    const visitors = await Promise.race([prepareFlood(ours.port, 500), interrupted]);
    const result = await Promise.race([flood(ours, {visitors, underWay: 200, seconds: Number(values.seconds)}), interrupted]);
    process.stdout.write(values.json ? `${JSON.stringify(result, null, 2)}\n` : printFlood(result));
    return Object.keys(result.wrong).length > 0 ? 1 : 0;
  }

  async function runInvitations(attendees: number, elsewhere: number): Promise<number> {
    const options = {attendees, elsewhere, workers: Number(values.workers), mail: values.mail, repetitions: how.repetitions};
    const result = await Promise.race([measureInvitations(values.dir, options, say), interrupted]);
    process.stdout.write(values.json ? `${JSON.stringify(result, null, 2)}\n` : printInvitations(result));
    return 0;
  }
}

function machine(): string {
  const all = cpus();
  return `${all.length} × ${all[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()}, Node.js ${process.versions.node}`;
}
