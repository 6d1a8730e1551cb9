import {computeHa1, hashPassword} from '../accounts/password.ts';
import type {NewElement} from '../accounts/splice.ts';

/** What accounts.xml holds of a password. */
export async function passwordElement(password: string): Promise<NewElement> {
  return {name: 'password', attributes: {hash: 'argon2id'}, text: await hashPassword(password)};
}

/** RFC 7616 §3.4.2: for each short name and algorithm what Digest needs; `uid` stands there where it is not the first. */
export function ha1Elements(uids: readonly string[], realm: string, password: string): NewElement[] {
  return uids.flatMap((uid, at) =>
    (['MD5', 'SHA-256'] as const).map(algorithm => ({
      name: 'ha1',
      attributes: {algorithm, ...(at > 0 ? {uid} : {}), realm},
      text: computeHa1(algorithm, uid, realm, password),
    })),
  );
}
