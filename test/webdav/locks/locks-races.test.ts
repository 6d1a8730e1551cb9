import {describe, expect, test} from 'vitest';
import {silent} from '../../../src/base/log.ts';
import {indexFile} from '../../../src/server/indexer.ts';
import {openFileStore} from '../../../src/store/file/store.ts';
import {serve} from '../../support/serve.ts';
import {temporaryFolder} from '../../support/temporary.ts';
import {lock, unlock} from './lock-requests.ts';

const path = '/calendars/users/ann/a.txt';

/** Two servers on the same files, as two workers are; `ann` asks the one, `other` the other. */
async function twoWorkers() {
  const root = await temporaryFolder();
  const open = () => openFileStore({root, log: silent, index: indexFile, startId: 'same'});
  const stores = [await open(), await open()] as const;
  const [one, two] = [
    await serve({ann: [], admin: []}, {store: stores[0], keep: true}),
    await serve({ann: [], admin: []}, {store: stores[1], keep: true}),
  ];
  await one.ann.put(path, 'a');
  return {
    ann: one.ann,
    other: two.ann,
    admin: two.admin,
    async [Symbol.asyncDispose]() {
      await Promise.all([one.close(), two.close()]);
      await Promise.all(stores.map(store => store.close()));
    },
  };
}

describe('RFC 4918 §6 locks between workers', () => {
  test('of many who would lock it at once, one does', async () => {
    await using workers = await twoWorkers();
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        Array.from({length: 12}, (_, at) => lock([workers.ann, workers.other, workers.admin][at % 3]!, path)),
      );
      const made = answers.filter(({status}) => status === 200);
      expect(made).toHaveLength(1);
      expect(answers.filter(({status}) => status === 423)).toHaveLength(11);
      expect((await unlock(workers.other, path, made[0]!.token)).status).toBe(204);
    }
  });

  test('once a lock is answered, nothing more is written without it, however long it was under way', async () => {
    await using workers = await twoWorkers();
    for (let round = 0; round < 8; round++) {
      const writes = Array.from({length: 10}, (_, at) =>
        (at % 2 ? workers.other : workers.admin).put(path, `${round} ${at}`).then(({status}) => status),
      );
      const locking = await lock(workers.ann, path);
      const {text} = await workers.ann.get(path);
      const statuses = await Promise.all(writes);
      expect(locking.status).toBe(200);
      expect(statuses.every(status => status === 204 || status === 423)).toBe(true);
      expect((await workers.other.get(path)).text).toBe(text);
      expect((await workers.other.put(path, 'late')).status).toBe(423);
      await unlock(workers.ann, path, locking.token);
    }
  });
});
