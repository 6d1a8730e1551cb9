import type {HttpRequest} from '../../http/message.ts';
import type {Lock, Path} from '../../store/store.ts';
import {element} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {DavError} from '../error.ts';
import {submittedTokens} from '../if-header.ts';
import type {Location} from '../locate.ts';
import {lockTokenSubmitted} from '../preconditions.ts';
import type {Changed, DavContext} from '../tables.ts';
import {toldRoot} from './active-lock.ts';
import {covering, rootedIn} from './lock-scope.ts';

/** Where something is changed; `nearest` as a unit of work sees it. */
type Changing = Pick<Location, 'target' | 'nearest' | 'path'>;

/**
 * What a request changes must not be locked, or a lock on it be submitted by the one who made it (RFC 4918 §6.4, §7); of shared locks
 * one is enough. Throws DavError lock-token-submitted, naming the roots of the locks, as far as the one who asks may read them.
 */
export function requireUnlocked(location: Changing, changed: Changed, http: HttpRequest, context: DavContext): void {
  const locks = location.nearest.view?.locks() ?? [];
  if (locks.length === 0) return;
  const submitted = submittedTokens(http.headers.if);
  const isOwn = ({creator, token}: Lock) => creator === context.principal?.guid && submitted.has(token);
  const missing = new Set<Lock>();
  for (const path of pathsChanged(location, changed, locks)) {
    const covers = covering(locks, path);
    if (!covers.some(isOwn)) for (const lock of covers) missing.add(lock);
  }
  if (missing.size === 0) return;
  const roots = new Set([...missing].map(lock => toldRoot(lock, location.nearest, context)));
  throw new DavError(lockTokenSubmitted, {content: [...roots].map(root => element(dav('href'), root))});
}

/** The paths whose locks matter. Of what lies below a tree only the roots of locks can add one. */
function pathsChanged({target, path = ''}: Changing, changed: Changed, locks: readonly Lock[]): Path[] {
  if (changed === 'nothing') return [];
  const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  if (!target) return [parent];
  if (changed === 'members') return [];
  return changed === 'itself' ? [path] : [path, parent, ...rootedIn(locks, path).map(lock => lock.path)];
}
