import type {StoredObject} from '../../store/store.ts';
import {descendantOf} from '../../webdav/locate.ts';
import type {Arrival, DavContext, Resource} from '../../webdav/tables.ts';
import {type Element, element} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';

/**
 * What a refusal tells of the object that has a UID already (RFC 4791 §5.3.2.1): its DAV:href, in the form that the request names the
 * home in; nothing where the one who asks may not read it, or nobody asks.
 */
export function holderHref(holder: StoredObject, {parent, view}: Arrival, context: Partial<DavContext>): Element[] {
  if (!context.may) return [];
  let home: Resource = parent;
  while (home.within) home = home.within;
  const found = descendantOf({...home, view}, holder, context as DavContext);
  return found && context.may(dav('read'), found) ? [element(dav('href'), found.href)] : [];
}
