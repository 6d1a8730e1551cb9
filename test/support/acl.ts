import {type Element, element} from '../../src/xml/element.ts';
import {dav, type Name} from '../../src/xml/names.ts';
import type {Answer, Client} from './client.ts';
import {guidOf} from './serve.ts';

export const href = (path: string) => element(dav('href'), path);

/** The DAV:principal-URL of the account that was named to `serve` at this place, from 1. */
export const principalUrl = (number: number) => `/principals/__uids__/${guidOf(number)}/`;

/** A DAV:ace that grants; `who` is what DAV:principal holds. */
export function grant(who: Element, ...privileges: Name[]): Element {
  return ace(who, 'grant', privileges);
}

export function deny(who: Element, ...privileges: Name[]): Element {
  return ace(who, 'deny', privileges);
}

function ace(who: Element, verb: 'grant' | 'deny', privileges: readonly Name[]): Element {
  const principal = who.name === dav('invert') ? who : element(dav('principal'), who);
  return element(dav('ace'), principal, element(dav(verb), ...privileges.map(name => element(dav('privilege'), element(name)))));
}

/** All that `who` is not. */
export const invert = (who: Element) => element(dav('invert'), element(dav('principal'), who));

/** The account that was named to `serve` at this place. */
export const user = (number: number) => href(principalUrl(number));
export const everybody = element(dav('all'));
export const authenticated = element(dav('authenticated'));
export const unauthenticated = element(dav('unauthenticated'));
export const owner = element(dav('property'), element(dav('owner')));

export function setAcl(client: Client, path: string, ...aces: Element[]): Promise<Answer> {
  return client.request('ACL', path, {body: element(dav('acl'), ...aces)});
}
