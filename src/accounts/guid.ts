import {createHash} from 'node:crypto';
import type {PrincipalType} from './principal.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/** UUIDs differ only in case from themselves: upper case is the one form used. */
export function normalGuid(guid: string): string {
  return isUuid(guid) ? guid.toUpperCase() : guid;
}

/** RFC 9562 §5.5: the UUID version 5 of a name within a name space, in upper case. */
export function uuidV5(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16).toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The name space that the 2009 server's XML directory derived its own from. */
const xmlDirectory = '9CA8DEC5-5A17-43A9-84A8-BE77C1FB9172';

/** The GUID of a record that has none: as the 2009 server derived it, so that its folders are found again. */
export function deriveGuid(realm: string, type: PrincipalType, uids: readonly string[]): string {
  return uuidV5(uuidV5(xmlDirectory, realm), `${type}:${uids.join(',')}`);
}
