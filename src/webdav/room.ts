import type {StoredResource} from '../store/store.ts';
import type {Name} from '../xml/names.ts';
import {DavError} from './error.ts';
import {quotaNotExceeded} from './preconditions.ts';
import {addMemberName} from './properties/rfc5995.ts';
import type {DavContext, Resource} from './tables.ts';

/** Throws DavError 403 for a name that nothing in a home can have: hidden ones, as in the original, and too long ones. */
export function requireName(name: string, {store}: DavContext): void {
  if (name === addMemberName) throw new DavError(403, {message: 'That name is for POST.'});
  if (name.startsWith('.')) throw new DavError(403, {message: 'A name cannot begin with a dot.'});
  if (Buffer.byteLength(name) > store.maxNameBytes) {
    throw new DavError(403, {message: `A name cannot be longer than ${store.maxNameBytes} bytes.`});
  }
}

/** Throws DavError 507 where an ordinary collection holds as many members as the plist allows; others say so themselves. */
export function requireCount({stored, view, kind}: Resource, {limits}: DavContext): void {
  const most = limits.maxResourcesPerCollection;
  if (most === 0 || kind.admit || stored!.path === '' || view!.count(stored!.path, most - 1) < most) return;
  throw new DavError(507, {message: `A collection can hold ${most} resources.`});
}

/** Throws DavError quota-not-exceeded where a home cannot grow by so many bytes (RFC 4331 §6). */
export function requireRoom(into: Resource, growthBytes: number, {limits}: DavContext): void {
  if (limits.quotaBytes === 0 || growthBytes <= 0) return;
  const most = limits.quotaBytes - growthBytes;
  if (into.view!.usedBytes(most) > most) throw new DavError(quotaNotExceeded);
}

/**
 * Throws DavError 507 where the properties set on a resource would be larger together than a resource may be, or would come to more than
 * the room that is left in the home `into` lies in (RFC 4331 §6).
 */
export function requirePropertyRoom(
  stored: StoredResource | undefined,
  values: ReadonlyMap<Name, string | undefined>,
  into: Resource,
  context: DavContext,
): void {
  const most = context.limits.maxResourceSizeBytes;
  const before = stored?.properties ?? new Map<Name, string>();
  const size = sizeOf(new Map<Name, string | undefined>([...before, ...values]).values());
  if (most > 0 && size > most) {
    throw new DavError(507, {message: `The properties of a resource can have ${most} bytes together.`});
  }
  requireRoom(into, size - sizeOf(before.values()), context);
}

function sizeOf(values: Iterable<string | undefined>): number {
  let bytes = 0;
  for (const value of values) bytes += value === undefined ? 0 : Buffer.byteLength(value);
  return bytes;
}
