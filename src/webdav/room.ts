import {DavError} from './error.ts';
import {quotaNotExceeded} from './preconditions.ts';
import type {DavContext, Resource} from './tables.ts';

/** Throws DavError 403 for a name that nothing in a home can have: hidden ones, as in the original, and too long ones. */
export function requireName(name: string, {store}: DavContext): void {
  if (name.startsWith('.')) throw new DavError(403, {message: 'A name cannot begin with a dot.'});
  if (Buffer.byteLength(name) > store.maxNameBytes) {
    throw new DavError(403, {message: `A name cannot be longer than ${store.maxNameBytes} bytes.`});
  }
}

/** Throws DavError 507 where a collection holds as many members as the plist allows. */
export function requireCount(into: Resource, {limits}: DavContext, isCollection = false): void {
  const {stored, view} = into;
  if (!stored || !view) return;
  const most = limits.maxResourcesPerCollection;
  if (most > 0 && stored.path !== '' && view.count(stored.path) >= most) {
    throw new DavError(507, {message: `A collection can hold ${most} resources.`});
  }
  const homes = limits.maxCollectionsPerHome;
  if (!isCollection || homes === 0 || stored.path !== '') return;
  let collections = 0;
  for (const member of view.members('')) if (member.collection) collections++;
  if (collections >= homes) throw new DavError(507, {message: `A home can hold ${homes} collections.`});
}

/** Throws DavError quota-not-exceeded where a home cannot grow by so many bytes (RFC 4331 §6). */
export function requireRoom(into: Resource, growthBytes: number, {limits}: DavContext): void {
  if (limits.quotaBytes === 0 || growthBytes <= 0) return;
  if (into.view!.usedBytes() + growthBytes > limits.quotaBytes) throw new DavError(quotaNotExceeded);
}
