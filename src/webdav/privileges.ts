import {element} from '../xml/element.ts';
import {dav, type Name} from '../xml/names.ts';
import {DavError} from './error.ts';
import {descendantOf} from './locate.ts';
import {needPrivileges} from './preconditions.ts';
import type {DavContext, Privilege, Resource} from './tables.ts';

/** RFC 3744 §3: the privileges of WebDAV; other rooms add theirs below them. */
export const webdavPrivileges: readonly Privilege[] = [
  {name: dav('all'), aggregate: true, description: 'Everything'},
  {name: dav('read'), within: dav('all'), description: 'Read contents and properties'},
  {name: dav('read-acl'), within: dav('all'), description: 'Read the access control list'},
  // Clients ask what they may do of whatever they can see.
  {name: dav('read-current-user-privilege-set'), within: dav('read'), description: 'Read one’s own privileges'},
  {name: dav('write-acl'), within: dav('all'), description: 'Change the access control list'},
  {name: dav('unlock'), within: dav('all'), description: 'Remove locks of others'},
  {name: dav('write'), within: dav('all'), aggregate: true, description: 'Change contents, properties and members'},
  {name: dav('write-properties'), within: dav('write'), description: 'Change properties'},
  {name: dav('write-content'), within: dav('write'), description: 'Change contents'},
  {name: dav('bind'), within: dav('write'), description: 'Add members'},
  {name: dav('unbind'), within: dav('write'), description: 'Remove members'},
];

/**
 * Throws DavError need-privileges, naming what is missing (RFC 3744 §7.1.1). To who may not even read there, that is the reading of the
 * home, whatever was asked for: more would say what is in it and what is not. Who has not logged in is asked to.
 */
export function requirePrivilege(privilege: Name, resource: Resource, context: DavContext): void {
  if (context.may(privilege, resource)) return;
  if (!context.principal) throw notLoggedIn();
  const isSeen = !resource.view || context.may(dav('read'), resource);
  const [href, name] = isSeen ? [resource.href, privilege] : [homeHref(resource), dav('read')];
  const missing = element(dav('resource'), element(dav('href'), href), element(dav('privilege'), element(name)));
  throw new DavError(needPrivileges, {content: [missing]});
}

/** RFC 9110 §15.5.2: whoever logs in may have more. */
export function notLoggedIn(): DavError {
  return new DavError(401, {message: 'Log in to see what is here.'});
}

/** The URL of the home that a resource lies in, in the form asked for. */
export function homeHref({href, stored}: Resource): string {
  const below = stored?.path ? stored.path.split('/').length : 0;
  const segments = href.replace(/\/$/, '').split('/');
  return `${segments.slice(0, segments.length - below).join('/')}/`;
}

/** The privileges that mean something on a resource, the aggregates before what they hold. */
export function privilegesOn(resource: Resource, {protocol}: DavContext): readonly Privilege[] {
  return protocol.privileges.filter(({supports}) => supports?.(resource) ?? true);
}

/**
 * What its owner keeps from others they do not remove, alone or with what it lies in, whatever they may do to that: `privilege` is
 * DAV:read where only what is kept wholly matters, DAV:write where a part does. Throws DavError need-privileges.
 */
export function requireNotWithheld(resource: Resource, context: DavContext, privilege: Name = dav('read')): void {
  if (!context.limits.privateEvents || context.isTrusted(resource)) return;
  const {stored, view} = resource;
  const below = stored?.collection ? (view?.changes(stored.path, undefined, 'infinity')?.changes ?? []) : [];
  for (const each of [resource, ...below.map(change => change.stored && descendantOf(resource, change.stored, context))]) {
    if (each?.kind.withholds?.(each).includes(privilege)) requirePrivilege(privilege, each, context);
  }
}
