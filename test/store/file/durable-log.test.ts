import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {DurableLog} from '../../../src/store/file/durable-log.ts';
import {temporaryFolder} from '../../support/temporary.ts';

async function openLog(): Promise<DurableLog> {
  const index = join(await temporaryFolder(), 'index');
  writeFileSync(`${index}-wal`, 'pages');
  const log = new DurableLog(index);
  log.open();
  return log;
}

describe('a log that is made durable', () => {
  test('by one who comes while another is at it: once more after that, for all who came', async () => {
    const log = await openLog();
    const ended: string[] = [];
    const sync = (name: string) => log.sync().then(() => ended.push(name));
    await Promise.all([sync('first'), sync('second'), sync('third')]);
    expect(ended).toEqual(['first', 'second', 'third']);
    await sync('fourth');
    log.close();
  });

  test('that is closed meanwhile is let go of afterwards', async () => {
    const log = await openLog();
    const synced = [log.sync(), log.sync()];
    log.close();
    await Promise.all(synced);
    await expect(log.sync()).rejects.toThrow();
  });

  test('that is not there cannot be opened', async () => {
    const log = new DurableLog(join(await temporaryFolder(), 'none'));
    expect(() => log.open()).toThrow('ENOENT');
  });
});
