import {setImmediate as turnEnds} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import type {Reader} from '../../../src/store/file/reader.ts';
import {Turns} from '../../../src/store/file/turns.ts';

function opening(wait: () => Promise<unknown> = async () => {}) {
  const told: string[] = [];
  const turns = new Turns(async home => {
    told.push('opened');
    await wait();
    return {home, look: {hold: () => told.push('held'), letGo: () => told.push('let go')}} as unknown as Reader;
  });
  return {turns, told};
}

describe('looks at a home', () => {
  test('that are asked for in one turn of the event loop are one, made after the last of them was', async () => {
    const {turns, told} = opening();
    const asked = [turns.reader('calendars/a')];
    await Promise.resolve();
    asked.push(turns.reader('calendars/a'));
    expect(told).toEqual([]);
    const [first, second] = await Promise.all(asked);
    expect(second).toBe(first);
    expect(told).toEqual(['opened', 'held']);
  });

  test('last as long as nothing has to be waited for, and then others are made', async () => {
    const {turns, told} = opening();
    await turns.reader('calendars/a');
    await turns.reader('calendars/a');
    expect(told).toEqual(['opened', 'held']);
    await turnEnds();
    await turns.reader('calendars/a');
    expect(told).toEqual(['opened', 'held', 'let go', 'opened', 'held']);
  });

  test('do not last where opening the home had to be waited for', async () => {
    const {turns, told} = opening(turnEnds);
    await turns.reader('calendars/a');
    expect(told).toEqual(['opened']);
  });

  test('of different homes have nothing to do with each other', async () => {
    const {turns, told} = opening();
    await Promise.all([turns.reader('calendars/a'), turns.reader('calendars/b')]);
    expect(told).toEqual(['opened', 'held', 'let go', 'opened', 'held']);
  });

  test('that fail, fail for all who asked, and the next is made anew', async () => {
    let fails = true;
    const {turns} = opening(async () => {
      if (fails) throw new Error('out of reach');
    });
    const both = await Promise.allSettled([turns.reader('calendars/a'), turns.reader('calendars/a')]);
    expect(both.map(({status}) => status)).toEqual(['rejected', 'rejected']);
    fails = false;
    expect(await turns.reader('calendars/a')).toMatchObject({home: 'calendars/a'});
  });
});
