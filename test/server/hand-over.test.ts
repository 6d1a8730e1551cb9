import {once} from 'node:events';
import {connect} from 'node:net';
import {describe, expect, onTestFinished, test} from 'vitest';
import {silent} from '../../src/base/log.ts';
import {createHandOver} from '../../src/server/hand-over.ts';

/** A hand-over at a free port, and workers that only say what they were given. */
async function handOver() {
  const door = createHandOver<string>(silent);
  const [bound] = await door.listen([{host: '127.0.0.1', port: 0, tls: false}]);
  onTestFinished(() => door.close());
  const given: [worker: string, id: number][] = [];
  const add = (worker: string) => door.add(worker, id => given.push([worker, id]));
  const arrive = async () => {
    const before = given.length;
    const socket = connect(bound!.port, '127.0.0.1').on('error', () => {});
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    return {socket, isGiven: () => expect.poll(() => given.length).toBeGreaterThan(before)};
  };
  return {door, given, add, arrive, names: () => given.map(([worker]) => worker)};
}

describe('connections are handed over', () => {
  test('to each worker in turn', async () => {
    const {add, arrive, names} = await handOver();
    add('a');
    add('b');
    for (let time = 0; time < 6; time++) await (await arrive()).isGiven();
    expect(names()).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  });

  test('to whoever comes, where nobody was there', async () => {
    const {add, arrive, given} = await handOver();
    const {isGiven} = await arrive();
    add('a');
    await isGiven();
    expect(given).toHaveLength(1);
  });

  test('past one that does not take what it was given', async () => {
    const {door, add, arrive, given} = await handOver();
    add('slow');
    add('quick');
    for (let time = 0; time < 20; time++) {
      await (await arrive()).isGiven();
      const [worker, id] = given.at(-1)!;
      if (worker === 'quick') door.took(worker, id);
    }
    expect(given.filter(([worker]) => worker === 'slow')).toHaveLength(5);
  });

  test('to another where a worker ends before it has taken them, and to nobody where it has', async () => {
    const {door, add, arrive, given} = await handOver();
    add('a');
    for (let time = 0; time < 3; time++) await (await arrive()).isGiven();
    door.took('a', given[0]![1]);
    add('b');
    door.remove('a');
    expect(given.slice(3).map(([worker]) => worker)).toEqual(['b', 'b']);
  });

  test('and what was given before one that was taken, and was lost on the way, is closed', async () => {
    const {door, add, arrive, given} = await handOver();
    add('a');
    const [first, second] = [await arrive(), await arrive()];
    await expect.poll(() => given.length).toBe(2);
    const closed = [first, second].map(({socket}) => once(socket.resume(), 'close'));
    door.took('a', given[1]![1]);
    await Promise.all(closed);
  });
});
