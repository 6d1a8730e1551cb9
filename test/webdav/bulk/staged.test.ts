import {describe, expect, test} from 'vitest';
import type {ObjectIndex} from '../../../src/ical/object-index.ts';
import type {HomeUnit, Path, StoredObject} from '../../../src/store/store.ts';
import {fileAt, seeingStaged} from '../../../src/webdav/bulk/staged.ts';

const indexOf = (uid: string) => ({uid}) as ObjectIndex;
const stored = (path: Path, uid: string): StoredObject => ({...fileAt(path), index: indexOf(uid)});

/** A unit of work over a calendar `work` with these members; what is staged through it changes nothing that it sees. */
function unitOver(...members: StoredObject[]): HomeUnit {
  const unit: Partial<HomeUnit> = {
    find: path => members.find(each => each.path === path),
    findUid: (within, uid) => members.find(each => each.path.startsWith(`${within}/`) && each.index?.uid === uid),
    put: () => 'etag',
    delete: () => {},
  };
  return unit as HomeUnit;
}

describe('CalendarServer bulk changes: what the later of them know of the earlier', () => {
  test('the UID of a staged object is its own until it is removed or replaced', () => {
    const {unit} = seeingStaged(unitOver(), 'work');
    unit.put('work/a', new Uint8Array(), indexOf('1'));
    expect(unit.findUid('work', '1')?.path).toBe('work/a');
    expect(unit.findUid('other', '1')).toBeUndefined();
    unit.put('work/a', new Uint8Array(), indexOf('2'));
    expect([unit.findUid('work', '1'), unit.findUid('work', '2')?.path]).toEqual([undefined, 'work/a']);
    unit.delete('work/a');
    expect(unit.findUid('work', '2')).toBeUndefined();
  });

  test('the UID of a removed object is free for another', () => {
    const {unit} = seeingStaged(unitOver(stored('work/a', '1')), 'work');
    expect(unit.findUid('work', '1')?.path).toBe('work/a');
    unit.delete('work/a');
    expect(unit.findUid('work', '1')).toBeUndefined();
    unit.put('work/b', new Uint8Array(), indexOf('1'));
    expect(unit.findUid('work', '1')?.path).toBe('work/b');
  });

  test('to look for a UID is not to look at all that is staged', () => {
    const {unit} = seeingStaged(unitOver(), 'work');
    let looks = 0;
    for (let at = 0; at < 1000; at++) {
      unit.findUid('work', `${at}`);
      const index = {
        get uid() {
          looks++;
          return `${at}`;
        },
      } as ObjectIndex;
      unit.put(`work/${at}`, new Uint8Array(), index);
    }
    expect(looks).toBeLessThan(5000);
  });
});
