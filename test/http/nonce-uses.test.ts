import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {NonceUses} from '../../src/http/nonce-uses.ts';
import {sharedMap} from '../support/shared-memory.ts';

const hex = (count: number) => count.toString(16).padStart(8, '0');
const start = 1_800_000_000_000;

describe('RFC 7616 §3.4: nc, the count of a nonce', () => {
  test('each count is taken once, whatever comes in which order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({min: 0, max: 200}), {maxLength: 60}), async counts => {
        const uses = new NonceUses(() => start, undefined);
        const taken: number[] = [];
        for (const count of counts) if (await uses.take('n', start, hex(count))) taken.push(count);
        expect(new Set(taken).size).toBe(taken.length);
        expect(taken).not.toContain(0);
      }),
    );
  });

  test('requests that overtake each other by as many as a client sends at once are all taken', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(15), {minLength: 100, maxLength: 100}), async jitter => {
        const uses = new NonceUses(() => start, undefined);
        const order = jitter.map((late, at) => ({count: at + 1, place: at + late})).sort((a, b) => a.place - b.place);
        for (const {count} of order) expect(await uses.take('n', start, hex(count)), `${count}`).toBe(true);
      }),
    );
  });

  test('the largest count there is', async () => {
    const uses = new NonceUses(() => start, undefined);
    expect(await uses.take('n', start, 'ffffffff')).toBe(true);
    expect(await uses.take('n', start, 'FFFFFFFF')).toBe(false);
  });

  test('nonces from before the start, whose uses are not known, are not taken', async () => {
    const uses = new NonceUses(() => start, undefined);
    expect(await uses.take('old', start - 1, hex(1))).toBe(false);
  });

  test('of more nonces than are remembered none can be used again', async () => {
    let now = start;
    const uses = new NonceUses(() => now, undefined);
    for (let at = 0; at < 10_005; at++) {
      now = start + at;
      expect(await uses.take(`n${at}`, now, hex(1))).toBe(true);
    }
    for (const at of [0, 4, 5, 5000, 10_004]) expect(await uses.take(`n${at}`, start + at, hex(1)), `${at}`).toBe(false);
    expect(await uses.take('n5000', start + 5000, hex(2))).toBe(true);
    // One that nobody has used yet, from a time whose uses are not known any more.
    expect(await uses.take('late', start + 4, hex(1))).toBe(false);
    expect(await uses.take('early', start + 5, hex(1))).toBe(true);
  });

  test('a memory that says it does not know refuses nobody', async () => {
    const uses = new NonceUses(() => start, {...sharedMap(), claim: async () => undefined});
    expect(await uses.take('n', start, hex(1))).toBe(true);
    expect(await uses.take('n', start, hex(1))).toBe(false);
  });
});
