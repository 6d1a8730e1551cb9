import {mkdtempSync, rmSync} from 'node:fs';
import {availableParallelism, tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {failpoints, oncePerStart} from './failpoints.ts';
import {Harness} from './harness.ts';

/**
 * Kills a server under load many times, and tells of it: `node test/crash/long.ts --kills 2000 [--seed N] [--dir FOLDER]`. Ctrl-C ends it
 * after the round, with what it has found.
 */
const {values} = parseArgs({
  options: {kills: {type: 'string', default: '2000'}, seed: {type: 'string'}, dir: {type: 'string', default: tmpdir()}},
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const wanted = Number(values.kills);
const folder = mkdtempSync(join(values.dir, 'caldav-crash-'));
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../../node_modules/.cache/compiled');
const began = performance.now();
console.log(`seed ${seed}, ${wanted} kills, Node ${process.versions.node}, ${availableParallelism()} cores, ${folder}`);

const harness = await Harness.make(folder, seed);
const say = () => {
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`${new Date().toISOString()} ${seconds} s`, JSON.stringify(harness.totals()));
};
let enough = false;
process.once('SIGINT', () => {
  enough = true;
});
try {
  await harness.crew.start();
  for (let round = 1; !enough && harness.totals().kills < wanted; round++) {
    await harness.randomKill();
    if (round % 10 === 0) {
      const failpoint = failpoints[(round / 10) % failpoints.length]!;
      await harness.killAt(failpoint, oncePerStart.includes(failpoint) ? 1 : 1 + (round % 3));
      await harness.crew.start();
      await harness.check();
    }
    if (round % 25 !== 0) continue;
    await harness.cleanStop();
    if (round % 100 === 0) await harness.spoilIndexes();
    await harness.crew.start();
    await harness.check();
    say();
  }
  await harness.cleanStop();
  say();
  console.log(`nothing lost, nothing torn, nobody astray; complaints in the log: ${harness.crew.complaints.length}`);
  for (const line of harness.crew.complaints.slice(0, 5)) console.log(line.trimEnd());
  rmSync(folder, {recursive: true, force: true});
} catch (error) {
  say();
  console.error(error);
  for (const line of harness.crew.complaints.slice(-10)) console.error(line.trimEnd());
  console.error(`What was found is left in ${folder}.`);
  process.exitCode = 1;
} finally {
  await harness[Symbol.asyncDispose]();
}
