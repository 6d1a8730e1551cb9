import type {HomeId, HomeView, StoredCollection} from '../store/store.ts';

/** A home that has not been made yet, as those see it who may not read it and so cannot have it made: nothing is in it. */
export function noHome(home: HomeId): HomeView {
  return {
    home,
    find: path => (path === '' ? empty : undefined),
    members: () => [],
    findUid: () => undefined,
    findInRange: () => [],
    changes: () => undefined,
    read: async () => undefined,
    stands: () => false,
    usedBytes: () => 0,
    count: () => 0,
    revision: () => 0,
    locks: () => [],
  };
}

const empty: StoredCollection = {
  path: '',
  resourceId: '',
  created: 0,
  modified: 0,
  revision: 0,
  properties: new Map(),
  collection: true,
  types: [],
};
