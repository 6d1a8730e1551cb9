import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {inspectDeliveries, judgeDeliveries} from '../../../src/doctor/deliveries.ts';
import {deliveriesFileIn, openDeliveriesFile} from '../../../src/scheduling/deliveries-file.ts';
import {holdBack} from '../../../src/scheduling/mail/hold-back.ts';
import {mailFileIn, openMailFile} from '../../../src/scheduling/mail/mail-file.ts';
import {OutgoingQueue} from '../../../src/scheduling/mail/outgoing.ts';
import {ann, directory, invitation} from '../../scheduling/mail/office.ts';
import {temporaryFolder} from '../../support/temporary.ts';

const home = `calendars/${ann.guid}` as const;
const minutes = 60_000;

const judge = async (dataRoot: string, {later = 0, isServed = true} = {}) =>
  judgeDeliveries(await inspectDeliveries(dataRoot), {isServed, now: Date.now() + later, directory});

describe('the check of what is to be delivered', () => {
  test('finds nothing where nothing waits, and makes no files', async () => {
    const folder = await temporaryFolder();
    expect(await judge(folder)).toEqual([{status: 'ok', message: 'nothing waits to be delivered'}]);
    expect(await judge(join(folder, 'none'))).toMatchObject([{status: 'ok'}]);
  });

  test('says whose, since when and why', async () => {
    const folder = await temporaryFolder();
    {
      using file = openDeliveriesFile(deliveriesFileIn(folder));
      file.owe(home, `s ${process.pid} x`);
      file.owe(home, `s ${process.pid} x`);
      file.setTrouble(home, 'mailto:bob@example.com: the disk is full');
    }
    expect(await judge(folder)).toMatchObject([{status: 'ok', message: '1 account of which something is being delivered'}]);
    const [stuck] = await judge(folder, {later: 20 * minutes});
    expect(stuck).toMatchObject({status: 'warn', details: {owing: [{account: 'ann', changes: 2}]}});
    expect(stuck!.message).toMatch(
      /^what ann has for others is not delivered since .* UTC: mailto:bob@example.com: the disk is full$/,
    );
    expect((await judge(folder, {later: 20 * minutes, isServed: false}))[0]!.fix).toMatch(/^Start the server/);
    {
      using file = openDeliveriesFile(deliveriesFileIn(folder));
      file.setTrouble(home, undefined);
      file.claim(home, `s ${spawnSync(process.execPath, ['--version']).pid} x`, 1000);
    }
    const [claimed] = await judge(folder, {later: 20 * minutes});
    expect(claimed!.fix).toMatch(/^The process \d+ that saw to it is gone/);
    expect(claimed!.details).toMatchObject({owing: [{alive: false}]});
  });

  test('says what cannot be mailed and why, and what a restore has held back', async () => {
    const folder = await temporaryFolder();
    {
      using database = openMailFile(mailFileIn(folder));
      const queue = new OutgoingQueue(database);
      queue.take(invitation('a'), ann.guid, Date.now());
      queue.postpone(queue.due(Date.now())!, 'connect ECONNREFUSED', Date.now());
    }
    expect(await judge(folder)).toMatchObject([{status: 'ok', message: '1 message to be mailed'}]);
    const [stuck] = await judge(folder, {later: 90 * minutes});
    expect(stuck).toMatchObject({status: 'warn', details: {waiting: 1, why: 'connect ECONNREFUSED'}});
    holdBack(mailFileIn(folder), Date.now());
    expect(await judge(folder, {later: 90 * minutes})).toMatchObject([{status: 'warn', details: {heldBack: 1}}]);
  });
});
