import {statSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {homeFolder} from '../../../src/store/file/layout.ts';
import {HomeRestorer} from '../../../src/store/file/restore-home.ts';
import type {HomeId} from '../../../src/store/store.ts';
import {temporaryFolder} from '../../support/temporary.ts';

const ann: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';

describe('a home that comes out of a backup', () => {
  test('takes a file whose folder was gone when the backup was made, and no right to run as its owner', async () => {
    const root = await temporaryFolder();
    const restorer = new HomeRestorer(root, ann);
    await restorer.put({
      diskPath: 'work/a.ics',
      folder: false,
      mode: 0o4755,
      modified: 1000,
      attributes: new Map(),
      async *bytes() {
        yield Buffer.from('a');
      },
    });
    await restorer.end();
    const {mode, size, mtimeMs} = statSync(join(homeFolder(root, ann), 'work/a.ics'));
    expect([mode & 0o7777, size, mtimeMs]).toEqual([0o755, 1, 1000]);
  });
});
