import {expect, test} from 'vitest';
import {calendarsOf, findCalendar, requireCalendar} from '../../../src/cli/transfer/find-calendar.ts';
import {makeCalendar} from '../../../src/cli/transfer/make-calendar.ts';
import {memoryStore} from '../../support/memory-store.ts';

const home = 'calendars/10000000-0000-0000-0000-000000000001';

async function viewWith(names: readonly string[], maxCollections = 0) {
  const store = memoryStore();
  await store.createHome(home, unit => unit.createCollection('files', []));
  for (const name of names) await makeCalendar({store, home, maxCollections}, name, ['VEVENT']);
  return (await store.view(home))!;
}

test('a calendar is found by the name in its URL and by the one that people see; a plain folder is none', async () => {
  const view = await viewWith(['work', 'Ann & Bob']);
  expect(findCalendar(view, 'work')!.path).toBe('work');
  expect(findCalendar(view, 'Ann & Bob')!.path).toMatch(/^[0-9a-f-]{36}$/);
  expect(findCalendar(view, 'Work')).toBeUndefined();
  expect(findCalendar(view, 'files')).toBeUndefined();
  expect(calendarsOf(view)).toHaveLength(2);
});

test('two of one name are told apart by their URLs', async () => {
  const view = await viewWith(['Ann & Bob', 'Ann & Bob']);
  expect(() => findCalendar(view, 'Ann & Bob')).toThrow(expect.objectContaining({fix: expect.stringMatching(/ or /)}));
});

test('one that is not there is answered with the nearest, or with all there are', async () => {
  const view = await viewWith(['work', 'private']);
  expect(() => requireCalendar(view, 'wrok')).toThrow(expect.objectContaining({fix: 'Is work meant?'}));
  expect(() => requireCalendar(view, 'xyz', 'To make it: --create')).toThrow(
    expect.objectContaining({fix: 'There are: private, work. To make it: --create'}),
  );
});

test('no more calendars are made than a home may hold', async () => {
  await expect(viewWith(['a', 'b', 'c'], 3)).rejects.toMatchObject({fix: expect.stringContaining('MaxCollectionsPerHome')});
});
