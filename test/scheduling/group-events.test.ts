import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {openDeliveriesFile} from '../../src/scheduling/deliveries-file.ts';
import type {HomeId} from '../../src/store/store.ts';
import {temporaryFolder} from '../support/temporary.ts';

const [anns, bobs] = ['calendars/A', 'calendars/B'] as HomeId[];
const members = (of: Record<string, string>) => (guid: string) => of[guid] ?? '';

describe('which events groups are invited to', () => {
  test('is known to the next start: those whose groups are others than they were, and no others', async () => {
    const path = join(await temporaryFolder(), 'deliveries.sqlite');
    {
      using file = openDeliveriesFile(path);
      file.groups.note(anns!, '1', new Map([['G', 'bob']]));
      file.groups.note(anns!, '2', new Map([['H', 'cid']]));
      file.groups.note(bobs!, '3', new Map([['H', 'cid']]));
    }
    using file = openDeliveriesFile(path);
    expect(file.groups.changed(members({G: 'bob', H: 'cid'}))).toEqual([]);
    expect(file.groups.changed(members({G: 'bob dan', H: 'cid'}))).toEqual([anns]);
    expect(file.groups.changedIn(anns!, members({G: 'bob dan', H: 'cid'}))).toEqual(['1']);
    expect(file.groups.changed(members({G: 'bob'})).toSorted()).toEqual([anns, bobs]);
  });

  test('is looked at again where it is not known whether an event was kept, and forgotten where there is no group in it', () => {
    using file = openDeliveriesFile(':memory:');
    const now = members({G: 'bob'});
    file.groups.note(anns!, '1', new Map([['G', undefined]]));
    expect(file.groups.changedIn(anns!, now)).toEqual(['1']);
    file.groups.note(anns!, '1', new Map([['G', 'bob']]));
    expect(file.groups.changedIn(anns!, now)).toEqual([]);
    file.groups.note(anns!, '1', new Map());
    expect(file.groups.changed(members({G: 'dan'}))).toEqual([]);
  });
});

describe('what organizers have removed', () => {
  test('is theirs alone, and known to the next start', async () => {
    const path = join(await temporaryFolder(), 'deliveries.sqlite');
    {
      using file = openDeliveriesFile(path);
      file.ended.note(anns!, '1');
    }
    using file = openDeliveriesFile(path);
    expect([file.ended.has(anns!, '1'), file.ended.has(bobs!, '1'), file.ended.has(anns!, '2')]).toEqual([true, false, false]);
  });
});
