import {element} from '../xml/element.ts';
import {dav, type Name} from '../xml/names.ts';
import {DavError} from './error.ts';
import {needPrivileges} from './preconditions.ts';
import type {DavContext, Privilege, Resource} from './tables.ts';

/** RFC 3744 §3: the privileges of WebDAV; other rooms add theirs below them. */
export const webdavPrivileges: readonly Privilege[] = [
  {name: dav('all'), description: 'Everything'},
  {name: dav('read'), within: dav('all'), description: 'Read contents and properties'},
  {name: dav('read-acl'), within: dav('all'), description: 'Read the access control list'},
  {name: dav('read-current-user-privilege-set'), within: dav('all'), description: 'Read one’s own privileges'},
  {name: dav('write-acl'), within: dav('all'), description: 'Change the access control list'},
  {name: dav('unlock'), within: dav('all'), description: 'Remove locks of others'},
  {name: dav('write'), within: dav('all'), description: 'Change contents, properties and members'},
  {name: dav('write-properties'), within: dav('write'), description: 'Change properties'},
  {name: dav('write-content'), within: dav('write'), description: 'Change contents'},
  {name: dav('bind'), within: dav('write'), description: 'Add members'},
  {name: dav('unbind'), within: dav('write'), description: 'Remove members'},
];

/**
 * Throws DavError need-privileges, naming what is missing (RFC 3744 §7.1.1). To who may not even read there, that is the reading of the
 * home, whatever was asked for: more would say what is in it and what is not.
 */
export function requirePrivilege(privilege: Name, resource: Resource, context: DavContext): void {
  if (context.may(privilege, resource)) return;
  const isSeen = !resource.view || context.may(dav('read'), resource);
  const [href, name] = isSeen ? [resource.href, privilege] : [homeHref(resource), dav('read')];
  const missing = element(dav('resource'), element(dav('href'), href), element(dav('privilege'), element(name)));
  throw new DavError(needPrivileges, {content: [missing]});
}

function homeHref({href, stored}: Resource): string {
  const below = stored?.path ? stored.path.split('/').length : 0;
  const segments = href.replace(/\/$/, '').split('/');
  return `${segments.slice(0, segments.length - below).join('/')}/`;
}

/** The privileges that mean something on a resource, the aggregates before what they hold. */
export function privilegesOn(resource: Resource, {protocol}: DavContext): readonly Privilege[] {
  return protocol.privileges.filter(({supports}) => supports?.(resource) ?? true);
}
