import type {HowLong} from './measure.ts';
import {growing, replay} from './replay.ts';
import {awake, type Dimension, type Growth, groundOf, measureGrowth, type Sized, scaled, startSized} from './scale.ts';
import {printGrowth} from './table.ts';
import type {Workload} from './workloads.ts';

type Say = (text: string) => void;

/** Measures how the cost of workloads grows, and prints it. */
export async function showGrowth(
  base: string,
  {
    dimension,
    sizes,
    rows,
    asked,
    workers,
    how,
  }: {
    dimension: Dimension;
    sizes: readonly number[];
    rows: readonly Workload[];
    asked: number;
    workers: number;
    how: HowLong;
  },
  say: Say,
): Promise<number> {
  await using servers = new AsyncDisposableStack();
  const filled: Sized[] = [];
  for (const size of sizes) {
    say(`filling a server with ${size} ${dimension} …`);
    const {running, events} = await startSized(base, dimension, size, workers);
    servers.use(running);
    const homes = awake(dimension === 'homes' ? size : 1, asked);
    say(`ready in ${Math.round(running.readyMs)} ms; a first look at ${homes.length} of the homes …`);
    filled.push({size, target: running, ...(await groundOf(running.port, homes, events))});
  }
  const results: Growth[] = [];
  const connections = Math.max(...how.connections);
  for (const row of rows.filter(({id}) => scaled[dimension].includes(id))) {
    const grown = await measureGrowth(row, filled, {...how, connections});
    say(`${row.id}: ${grown.map(({size, time}) => `${size} ${dimension} ${time.toPrecision(2)} ×`).join(', ')}`);
    results.push(...grown);
  }
  process.stdout.write(`\n${printGrowth(results, dimension)}\n`);
  return 0;
}

/** Replays an hour, and prints what memory did. */
export async function showReplay(base: string, workers: number, minutes: number, say: Say): Promise<number> {
  const {samples, requests} = await replay(base, {minutes, workers}, say);
  const {beforeBytes, afterBytes, mostBytes} = growing(samples);
  const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  process.stdout.write(
    `${requests} requests in ${minutes} minutes; all processes had ${mib(beforeBytes)} in the third quarter of the hour and ` +
      `${mib(afterBytes)} in the last, ${mib(mostBytes)} at most.\n`,
  );
  return 0;
}
