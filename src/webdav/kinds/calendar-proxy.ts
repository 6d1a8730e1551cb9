import type {Principal} from '../../accounts/principal.ts';
import type {ProxyAccess} from '../../accounts/proxies.ts';
import {calendarserver, dav} from '../../xml/names.ts';
import {printPath} from '../href.ts';
import {findPrincipal} from '../principals.ts';
import type {Kind, Resource} from '../tables.ts';

/** CalendarServer's caldav-proxy: the groups of those who may read in the calendars of a principal, */
export const calendarProxyRead: Kind = proxyKind('read');
/** and of those who may write there too. */
export const calendarProxyWrite: Kind = proxyKind('write');

/** Which of the two a kind is; undefined: neither. */
export function proxyAccessOf(kind: Kind): ProxyAccess | undefined {
  return kind === calendarProxyRead ? 'read' : kind === calendarProxyWrite ? 'write' : undefined;
}

/** The two of a principal whose URL is `href`; none where it has no calendars. */
export function proxyPrincipalsOf(principal: Principal, href: string): Resource[] {
  if (!principal.calendars) return [];
  return [calendarProxyRead, calendarProxyWrite].map(kind => ({kind, actsFor: principal, href: `${href}${kind.name}/`}));
}

/** The URL of one of them that stays, whatever the principal is called. */
export function proxyPrincipalHref({guid}: Principal, access: ProxyAccess): string {
  return printPath(['principals', '__uids__', guid, `calendar-proxy-${access}`], true);
}

function proxyKind(access: ProxyAccess): Kind {
  const name = `calendar-proxy-${access}`;
  const kind: Kind = {
    name,
    resourcetype: [dav('collection'), dav('principal'), calendarserver(name)],
    pattern: `/principals/:type/:name/${name}/`,
    find({type, name: uid}, {directory}) {
      const actsFor = findPrincipal(type!, uid!, directory);
      if (!actsFor?.calendars) return undefined;
      return {kind, actsFor, href: printPath(['principals', type!, type === '__uids__' ? actsFor.guid : uid!, name], true)};
    },
  };
  return kind;
}
