import {DatabaseSync} from 'node:sqlite';
import {describe, expect, onTestFinished, test} from 'vitest';
import {Ledger} from '../../../src/store/file/ledger.ts';
import {Pen, PenLost} from '../../../src/store/file/pen.ts';
import {layOut} from '../../../src/store/file/schema.ts';

const mine = `${process.pid}-mine`;
const other = `${process.pid}-other`;
/** No process has a number this high. */
const dead = '999999999-dead';

function openLedger(): Ledger {
  const database = new DatabaseSync(':memory:');
  onTestFinished(() => database.close());
  layOut(database);
  return new Ledger(database, false);
}

describe('the pen with which the files of a home are written', () => {
  test('is held by one at a time, until it is laid down', () => {
    const ledger = openLedger();
    const pen = Pen.take(ledger, mine)!;
    pen.show(ledger);
    expect(Pen.take(ledger, other)).toBeUndefined();
    pen.layDown(ledger);
    expect(Pen.take(ledger, other)).toBeDefined();
    expect(Pen.take(ledger, mine)).toBeUndefined();
  });

  test('passes on from a process that is no more, from what the same store was at before, and from one that does not use it', () => {
    for (const [holder, after] of [
      [dead, 0],
      [mine, 0],
      [other, 30_000],
      [other, -1],
    ] as const) {
      const ledger = openLedger();
      const lost = Pen.take(ledger, holder, 1_000_000)!;
      expect(Pen.take(ledger, mine, 1_000_000 + after)).toBeDefined();
      expect(() => lost.show(ledger)).toThrow(PenLost);
    }
  });

  test('once lost does not come back, also where who took it has laid it down', () => {
    const ledger = openLedger();
    const lost = Pen.take(ledger, other, 0)!;
    lost.show(ledger, 20_000);
    expect(Pen.take(ledger, mine, 49_999)).toBeUndefined();
    Pen.take(ledger, mine, 50_000)!.layDown(ledger);
    expect(() => lost.show(ledger, 50_001)).toThrow(PenLost);
  });
});
