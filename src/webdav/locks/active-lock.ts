import type {Lock} from '../../store/store.ts';
import {type Element, element} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {printSegment} from '../href.ts';
import {memberOf} from '../locate.ts';
import {homeHref} from '../privileges.ts';
import type {DavContext, Resource} from '../tables.ts';

/** What DAV:lockdiscovery holds of a lock that covers a resource (RFC 4918 §14.1). */
export function activeLock(lock: Lock, resource: Resource): Element {
  return element(
    dav('activelock'),
    element(dav('locktype'), element(dav('write'))),
    element(dav('lockscope'), element(dav(lock.exclusive ? 'exclusive' : 'shared'))),
    element(dav('depth'), lock.infinite ? 'infinity' : '0'),
    lock.owner === undefined ? undefined : {raw: lock.owner},
    element(dav('timeout'), `Second-${lock.seconds}`),
    element(dav('locktoken'), element(dav('href'), lock.token)),
    element(dav('lockroot'), element(dav('href'), rootHref(lock, resource))),
  );
}

/** The URL of a lock's root, in the form in which something in the same home was asked for. */
function rootHref({path}: Lock, resource: Resource): string {
  const below = path.split('/').map(printSegment).join('/');
  return homeHref(resource) + (path !== '' && resource.view?.find(path)?.collection ? `${below}/` : below);
}

/** The same in a refusal: to who may not read it, the nearest collection above it that he may, or else the home. */
export function toldRoot({path}: Lock, near: Resource, context: DavContext): string {
  let at = near;
  while (at.within) at = at.within;
  let told = at.href;
  const names = path === '' ? [] : path.split('/');
  for (const [index] of names.entries()) {
    const stored = near.view?.find(names.slice(0, index + 1).join('/'));
    if (!stored) break;
    at = memberOf(at, stored, context);
    if (context.may(dav('read'), at)) told = at.href;
  }
  return told;
}
