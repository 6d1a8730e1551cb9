import type {Principal} from '../../accounts/principal.ts';
import type {ProxyAccess} from '../../accounts/proxies.ts';
import {type Element, element} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {printPath} from '../href.ts';
import {calendarProxyRead, calendarProxyWrite, proxyAccessOf, proxyPrincipalHref} from '../kinds/calendar-proxy.ts';
import {principal} from '../kinds/principal.ts';
import {principalHref} from '../principals.ts';
import {membersIn, requireChangeable} from '../proxy-members.ts';
import {type PropertyContext, properties} from '../tables.ts';

const href = (path: string) => element(dav('href'), path);

/** RFC 3744 §4: properties of principals. */
export const principalProperties = properties(
  [principal],
  [
    {name: dav('alternate-URI-set'), allprop: false, get: ({resource: {owner}}) => owner && alternates(owner)}, // §4.1
    {name: dav('principal-URL'), allprop: false, get: ({resource: {owner}}) => owner && href(principalHref(owner))}, // §4.2
    {name: dav('group-member-set'), allprop: false, get: groupMemberSet}, // §4.3
    {name: dav('group-membership'), allprop: false, get: groupMembership}, // §4.4
  ],
);

/** The same of the groups of those who act for a principal; who is in them can be changed. */
export const proxyPrincipalProperties = properties(
  [calendarProxyRead, calendarProxyWrite],
  [
    {
      name: dav('alternate-URI-set'), // §4.1
      allprop: false,
      get: ({resource: {actsFor, kind}}) =>
        actsFor!.uids.map(uid => href(printPath(['principals', actsFor!.type, uid, kind.name], true))),
    },
    {
      name: dav('principal-URL'), // §4.2
      allprop: false,
      get: ({resource: {actsFor, kind}}) => href(proxyPrincipalHref(actsFor!, proxyAccessOf(kind)!)),
    },
    {
      name: dav('group-member-set'), // §4.3
      allprop: false,
      get: ({resource: {actsFor, kind}, context: {proxies, directory}}) =>
        hrefsOf(proxies.of(actsFor!.guid, proxyAccessOf(kind)!), directory),
      set(value, {resource, context}) {
        requireChangeable(membersIn(value, context), resource);
        return value;
      },
      apply: (value, {resource: {actsFor, kind}, context}) =>
        context.proxies.set(
          actsFor!.guid,
          proxyAccessOf(kind)!,
          membersIn(value, context).map(({guid}) => guid),
        ),
    },
    {name: dav('group-membership'), allprop: false, get: () => []}, // §4.4
  ],
);

function alternates({type, uids, emails}: Principal): Element[] {
  return [...uids.map(uid => href(printPath(['principals', type, uid], true))), ...emails.map(email => href(`mailto:${email}`))];
}

function groupMemberSet({resource: {owner}, context: {directory}}: PropertyContext): Element[] | undefined {
  return owner && hrefsOf(owner.members, directory);
}

function hrefsOf(guids: readonly string[], directory: PropertyContext['context']['directory']): Element[] {
  return guids.flatMap(guid => directory.findByGuid(guid) ?? []).map(member => href(principalHref(member)));
}

/** Those that it is in directly, as §4.4 has it: groups, and whoever has named it to act for them. */
function groupMembership({resource: {owner}, context: {directory, proxies}}: PropertyContext): Element[] | undefined {
  if (!owner) return undefined;
  const delegated = (access: ProxyAccess) =>
    proxies
      .for(owner.guid, access)
      .filter(guid => proxies.of(guid, access).includes(owner.guid))
      .map(guid => href(proxyPrincipalHref(directory.findByGuid(guid)!, access)));
  const groups = directory.groupsNaming(owner.guid).map(group => href(principalHref(group)));
  return [...groups, ...delegated('read'), ...delegated('write')];
}
