import {overlaid} from '../../store/overlay.ts';
import type {HomeUnit, Path, StoredObject, StoredResource} from '../../store/store.ts';

/**
 * A unit of work whose looking methods see the files that were staged through it in one collection, and the paths changed so: for
 * requests whose later parts have to know of the earlier ones. It sees no more than single files and their numbers need.
 */
export function seeingStaged(unit: HomeUnit, collection: Path): {unit: HomeUnit; changed: ReadonlySet<Path>} {
  // Undefined: removed.
  const staged = new Map<Path, StoredObject | undefined>();
  const changed = new Set<Path>();
  const uids = new Map<string, StoredObject>();
  let members = 0;
  let bytes = 0;

  const find = (path: Path): StoredResource | undefined => (staged.has(path) ? staged.get(path) : unit.find(path));
  const stage = (path: Path, after: StoredObject | undefined) => {
    const before = find(path);
    members += (after ? 1 : 0) - (before ? 1 : 0);
    bytes += (after?.sizeBytes ?? 0) - (before && !before.collection ? before.sizeBytes : 0);
    const uidBefore = staged.get(path)?.index?.uid;
    if (uidBefore !== undefined && uids.get(uidBefore)?.path === path) uids.delete(uidBefore);
    if (after?.index) uids.set(after.index.uid, after);
    staged.set(path, after);
    changed.add(path);
  };

  const own: Partial<HomeUnit> = {
    find,
    findUid(within, uid) {
      const holder = within === collection ? uids.get(uid) : undefined;
      if (holder) return holder;
      const found = unit.findUid(within, uid);
      return found && staged.has(found.path) ? undefined : found;
    },
    usedBytes: (atMost = 0) => unit.usedBytes(atMost - bytes) + bytes,
    count(within, atMost = 0) {
      const more = within === collection ? members : 0;
      return unit.count(within, atMost - more) + more;
    },
    put(path, content, index, properties) {
      const etag = unit.put(path, content, index, properties);
      stage(path, {...(unit.find(path) ?? fileAt(path)), collection: false, etag, sizeBytes: content.length, index});
      return etag;
    },
    delete(path) {
      unit.delete(path);
      stage(path, undefined);
    },
    setProperties(path, values) {
      unit.setProperties(path, values);
      changed.add(path);
    },
  };
  return {unit: overlaid(unit, own), changed};
}

/** A file that is not there yet, and has neither resource id nor revision. */
export function fileAt(path: Path): StoredObject {
  const now = Date.now();
  return {
    path,
    resourceId: '',
    created: now,
    modified: now,
    revision: 0,
    properties: new Map(),
    collection: false,
    etag: '',
    sizeBytes: 0,
    index: undefined,
  };
}
