import {createHash} from 'node:crypto';
import type {Name} from '../../xml/names.ts';

/** Linux lets users keep attributes only in the namespace `user.`; macOS has no such thing. */
const prefix = process.platform === 'darwin' ? 'WebDAV:' : 'user.WebDAV:';
const maxBytes = process.platform === 'darwin' ? 127 : 255;

/**
 * The extended attribute a property is kept in: `user.WebDAV:{namespace}name`, percent-quoted save `{ } :` as CalendarServer did.
 * One that would be too long is named by a hash, `user.WebDAV:#<hash>`; its value then starts with the name.
 */
export function attributeOf(name: Name): string {
  const whole = prefix + quote(name);
  return Buffer.byteLength(whole) <= maxBytes ? whole : `${prefix}#${createHash('sha256').update(name).digest('hex')}`;
}

/** Whether an attribute is one that `attributeOf` gives. */
export function isOurs(attribute: string): boolean {
  return attribute.startsWith(prefix);
}

/** The name that an attribute has on this system, given that of another. */
export function nativeNameOf(attribute: string): string {
  return attribute.replace(/^(user\.)?WebDAV:/, prefix);
}

/** Whether the attribute's name is a hash, so that the value holds the property's. */
export function isHashed(attribute: string): boolean {
  return attribute.startsWith(`${prefix}#`);
}

/** The property an attribute holds; undefined where its name is not one of ours or is a hash. */
export function propertyOf(attribute: string): Name | undefined {
  if (!isOurs(attribute) || isHashed(attribute)) return undefined;
  try {
    const name = decodeURIComponent(attribute.slice(prefix.length));
    return /^\{.*\}[^{}]+$/s.test(name) ? (name as Name) : undefined;
  } catch {
    return undefined;
  }
}

function quote(name: string): string {
  return name.replace(/[^A-Za-z0-9_.\-{}:]/gu, character =>
    Array.from(Buffer.from(character), byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
