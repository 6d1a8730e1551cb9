import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {element} from '../../src/xml/element.ts';
import {dav} from '../../src/xml/names.ts';
import {Harness} from '../crash/harness.ts';
import {Client} from '../support/client.ts';
import {calendar, event} from './event.ts';

/**
 * A program in a mount namespace of its own, which may mount disks as it likes: `in-namespace.ts SCENARIO FOLDER SEED`. It ends with
 * exit code 0 where all was as it has to be.
 */
const [scenario, folder, seed] = process.argv.slice(2) as [keyof typeof scenarios, string, string];
const docs = join(folder, 'docs');
const mount = (...args: string[]) => execFileSync('mount', [...args, docs]);

function require(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

async function fill(file: string): Promise<void> {
  for (let size = 1 << 20; size >= 256; size /= 2) {
    try {
      for (;;) writeFileSync(file, new Uint8Array(size), {flag: 'a'});
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}

const scenarios = {
  /** A disk with room for the logs of two homes, 16 MiB each, that something else fills up beneath a server under load, again and again. */
  async full() {
    mount('-t', 'tmpfs', '-o', 'size=48m', 'tmpfs');
    await using harness = await Harness.make(folder, Number(seed));
    await harness.crew.start();
    for (let round = 0; round < 3; round++) {
      await harness.load(150);
      await fill(join(docs, 'filler'));
      await harness.load(400);
      await harness.check();
      const ann = new Client(harness.crew.bases()[0]!, 'ann', 'ann');
      const big = await ann.put(`${calendar}big.ics`, event('big', 'x'.repeat(200_000)));
      require(big.status === 507 && big.error === dav('sufficient-disk-space'), `a PUT is answered ${big.status} ${big.text}`);
      const named = await ann.proppatch(calendar, element(dav('displayname'), 'x'.repeat(200_000)));
      require(named.status === 507 || named.text.includes(' 507 '), `a PROPPATCH is answered ${named.status} ${named.text}`);
      // One worker, then both, die while there is no room; the repair has none either.
      harness.crew.prepare();
      await harness.crew.kill(round === 0 ? 0 : undefined);
      await harness.crew.start();
      await harness.check();
      rmSync(join(docs, 'filler'));
      await harness.load(150);
      await harness.check();
      await new Client(harness.crew.bases()[0]!, 'ann', 'ann').delete(`${calendar}big.ics`);
    }
    require(harness.totals().refused > 0, 'nothing was refused');
    await harness.cleanStop();
  },

  /** A disk that is mounted read-only while the server is stopped, and writable again while it runs. */
  async 'read-only'() {
    mount('-t', 'tmpfs', 'tmpfs');
    await using harness = await Harness.make(folder, Number(seed));
    await harness.crew.start();
    await harness.load(200);
    await harness.cleanStop();
    mount('-o', 'remount,ro');
    await harness.crew.start();
    const ann = new Client(harness.crew.bases()[0]!, 'ann', 'ann');
    const {status, text} = await ann.put(`${calendar}x.ics`, event('x'));
    require(status === 503, `a PUT is answered ${status} ${text}`);
    const read = await ann.get(`${calendar}x.ics`);
    require(read.status === 503 || read.status === 404, `a GET is answered ${read.status} ${read.text}`);
    mount('-o', 'remount,rw');
    await harness.load(200);
    await harness.check();
    await harness.cleanStop();
  },
};

if (!existsSync(docs)) mkdirSync(docs);
await scenarios[scenario]();
