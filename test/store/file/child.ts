import {silent} from '../../../src/base/log.ts';
import {openFileStore} from '../../../src/store/file/store.ts';
import type {HomeId} from '../../../src/store/store.ts';
import {parseForTests} from './parse-for-tests.ts';

/** A process that stores objects until it is stopped or has stored them all, and prints the name of each once it was promised. */
const [root, home, prefix, most, close] = process.argv.slice(2) as [string, HomeId, string, string, string];
const store = await openFileStore({root, log: silent, index: parseForTests, startId: 'one start'});
let next = 0;

async function storeSome(): Promise<void> {
  while (next < Number(most)) {
    const name = `${prefix}${next++}`;
    const bytes = Buffer.from(`${name} 1 2 ${'x'.repeat(2000)}`);
    await store.write(home, unit => {
      if (unit.findUid('work', name)) throw new Error('a UID that nobody took is taken');
      unit.put(`work/${name}.ics`, bytes, parseForTests('', bytes));
      unit.setProperties('work', new Map([['{x:}last', `<last xmlns="x:">${name}</last>`]]));
    });
    await new Promise<void>(resolve => process.stdout.write(`${name}\n`, () => resolve()));
  }
}

await Promise.all(Array.from({length: 8}, storeSome));
if (close === 'close') await store.close();
else process.kill(process.pid, 'SIGKILL');
