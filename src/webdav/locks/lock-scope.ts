import type {Lock, Path} from '../../store/store.ts';

/** The locks that cover a path: on it, or of depth infinity on what it lies in (RFC 4918 §6.1). */
export function covering(locks: readonly Lock[], path: Path): readonly Lock[] {
  if (locks.length === 0) return locks;
  return locks.filter(lock => lock.path === path || (lock.infinite && isBelow(path, lock.path)));
}

/** The locks on what is at a path and on what lies below it. */
export function rootedIn(locks: readonly Lock[], path: Path): readonly Lock[] {
  return locks.filter(lock => lock.path === path || isBelow(lock.path, path));
}

const isBelow = (path: Path, above: Path) => path !== above && (above === '' || path.startsWith(`${above}/`));
