import {DatabaseSync} from 'node:sqlite';
import {expect, test} from 'vitest';
import {isDamage, isLackOfRoom} from '../../src/base/disk-errors.ts';

test('a full disk is told from damage', () => {
  using database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE full (bytes BLOB); PRAGMA max_page_count = 4');
  let problem: unknown;
  try {
    database.prepare('INSERT INTO full VALUES (?)').run(new Uint8Array(100_000));
  } catch (error) {
    problem = error;
  }
  expect([isLackOfRoom(problem), isDamage(problem)]).toEqual([true, false]);
  expect(isLackOfRoom(Object.assign(new Error('no space left on device'), {code: 'ENOSPC'}))).toBe(true);
  expect(isLackOfRoom(new Error('else'))).toBe(false);
});
