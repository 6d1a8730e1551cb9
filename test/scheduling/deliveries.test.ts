import {spawnSync} from 'node:child_process';
import {describe, expect, test} from 'vitest';
import {silent} from '../../src/base/log.ts';
import {createDeliveries} from '../../src/scheduling/deliveries.ts';
import {openDeliveriesFile} from '../../src/scheduling/deliveries-file.ts';
import {isGone, newHolder} from '../../src/scheduling/holder.ts';
import {guidOf, serve} from '../support/serve.ts';

const home = `calendars/${guidOf(1)}` as const;

/** Deliveries of the start `s`, on a file that others write to as well. */
async function started() {
  const {store} = await serve({ann: []});
  const file = openDeliveriesFile(':memory:');
  const directory = () => ({findByGuid: () => undefined}) as never;
  return {file, deliveries: createDeliveries({store, file, directory, log: silent, startId: 's'})};
}

/** The id of a process that has ended. */
const gonePid = () => spawnSync(process.execPath, ['--version']).pid;

describe('who sees to what a home owes', () => {
  test('is gone with its process, or with the start of the server that it was of', () => {
    expect(isGone(newHolder('s'), 's')).toBe(false);
    expect(isGone(newHolder('earlier'), 's')).toBe(true);
    expect(isGone(`s ${gonePid()} x`, 's')).toBe(true);
  });

  test('is another at once where it has died, and nothing that it left open stays', async () => {
    const {file, deliveries} = await started();
    const dead = `s ${gonePid()} x`;
    file.owe(home, dead);
    file.claim(home, dead, 60_000);
    deliveries.settle();
    await deliveries.idle();
    expect(file.owing()).toEqual([]);
    expect(file.claimant(home)).toBeUndefined();
    await deliveries.stop();
  });

  test('leaves alone what another that is there sees to, and what it has not kept yet', async () => {
    const {file, deliveries} = await started();
    const other = `s ${process.pid} other`;
    file.owe(home, other);
    deliveries.settle();
    await deliveries.idle();
    expect(file.owing()).toEqual([home]);
    file.claim(home, other, 60_000);
    deliveries.settle();
    await deliveries.idle();
    expect(file.claimant(home)).toBe(other);
    await deliveries.stop();
  });

  test('forgets what a unit of work that was refused would have owed', async () => {
    const {file, deliveries} = await started();
    const {undone} = deliveries.duties.owe(home);
    deliveries.settle();
    await deliveries.idle();
    expect(file.owing()).toEqual([home]);
    undone();
    await deliveries.idle();
    expect(file.owing()).toEqual([]);
    await deliveries.stop();
  });
});
