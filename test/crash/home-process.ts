import {silent} from '../../src/base/log.ts';
import {openFileStore} from '../../src/store/file/store.ts';
import type {HomeId} from '../../src/store/store.ts';
import {caldav} from '../../src/xml/names.ts';

/** A process that makes, removes or reads a home, and may be cut off by a failpoint while it does. */
const [root, home, action] = process.argv.slice(2) as [string, HomeId, 'make' | 'remove' | 'read'];
const store = await openFileStore({root, log: silent, index: () => undefined});
if (action === 'make') await store.createHome(home, unit => unit.createCollection('work', [caldav('calendar')]));
else if (action === 'remove') await store.deleteHome(home);
else await store.view(home);
await store.close();
