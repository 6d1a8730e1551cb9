import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {expect, test} from 'vitest';
import {indexName} from '../../../src/store/file/layout.ts';
import {signatureAt} from '../../../src/store/file/signature.ts';
import type {HomeId} from '../../../src/store/store.ts';
import {caldav} from '../../../src/xml/names.ts';
import {openTemporary} from './open-temporary.ts';

const ann: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';

test('a folder that two processes write to at once is known for theirs, and not gone through for changes by hand', async () => {
  const {store, another, folder} = await openTemporary();
  await store.createHome(ann, unit => unit.createCollection('work', [caldav('calendar')]));
  const stores = [store, await another()];
  for (let round = 0; round < 25; round++) {
    const puts = stores.flatMap((one, by) =>
      [0, 1, 2, 3].map(n => one.write(ann, unit => unit.put(`work/${round}-${by}-${n}`, new TextEncoder().encode(`${round}`)))),
    );
    await Promise.all(puts);
    await Promise.all(stores.map(one => one.settle()));
  }
  const index = new DatabaseSync(join(folder(ann), indexName), {readOnly: true});
  const {file} = index.prepare('SELECT file FROM resource WHERE path = ?').get('work') as {file: string};
  index.close();
  expect(file).toBe(signatureAt(join(folder(ann), 'work')));
});
