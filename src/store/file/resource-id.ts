import {randomBytes} from 'node:crypto';

/**
 * A UUID of version 7 (RFC 9562 §5.7): its first 48 bits are the time of creation, so that a file's one attribute,
 * its resource id, keeps both through the loss of the index.
 */
export function newResourceId(createdAt: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Math.max(0, Math.floor(createdAt)), 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** When a resource with this id was made, milliseconds since 1970; undefined where the id does not tell. */
export function createdOf(resourceId: string | undefined): number | undefined {
  return resourceId?.[14] === '7' ? Number.parseInt(resourceId.slice(0, 8) + resourceId.slice(9, 13), 16) : undefined;
}
