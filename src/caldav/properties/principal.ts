import type {Principal, PrincipalType} from '../../accounts/principal.ts';
import {printPath} from '../../webdav/href.ts';
import {principal} from '../../webdav/kinds/principal.ts';
import {principalHref} from '../../webdav/principals.ts';
import {properties} from '../../webdav/tables.ts';
import {type Element, element} from '../../xml/element.ts';
import {caldav, calendarserver, dav} from '../../xml/names.ts';

const href = (url: string) => element(dav('href'), url);

/** RFC 4791 §6.2: where a principal's calendars lie. By GUID, so that it holds when the principal's name changes. */
export const calendarHomeProperties = properties(
  [principal],
  [
    {
      name: caldav('calendar-home-set'), // §6.2.1
      allprop: false,
      get: ({resource: {owner}}) => (owner?.calendars ? href(printPath(['calendars', '__uids__', owner.guid], true)) : undefined),
    },
  ],
);

/** RFC 6638 §2.4: what a principal is called in calendars, without the scheduling that would deliver to it. */
export const calendarUserProperties = properties(
  [principal],
  [
    {
      name: caldav('calendar-user-address-set'), // §2.4.1
      allprop: false,
      get: ({resource: {owner}}) => owner && addressesOf(owner),
      searchable: 'Calendar user address',
    },
    {name: caldav('calendar-user-type'), allprop: false, get: ({resource: {owner}}) => owner && userTypes[owner.type]}, // §2.4.2
  ],
);

const userTypes: Readonly<Record<PrincipalType, string>> = {
  users: 'INDIVIDUAL',
  groups: 'GROUP',
  locations: 'ROOM',
  resources: 'RESOURCE',
};

/**
 * The preferred address comes first and comes last again: Thunderbird takes the first, many others the last, and Apple's clients look
 * for the attribute.
 */
function addressesOf(owner: Principal): Element[] {
  const {type, guid, uids, emails, addresses} = owner;
  const preferred = emails[0] === undefined ? undefined : `mailto:${emails[0]}`;
  const others = [
    ...emails.slice(1).map(email => `mailto:${email}`),
    ...addresses,
    `urn:uuid:${guid}`,
    principalHref(owner),
    printPath(['principals', type, uids[0]!], true),
  ].filter(address => address !== preferred);
  const best = preferred === undefined ? [] : [{...href(preferred), attributes: {preferred: '1'}}];
  return [...best, ...[...new Set(others)].map(href), ...best];
}

/** CalendarServer's properties of a principal. */
export const calendarserverPrincipalProperties = properties(
  [principal],
  [
    {
      name: calendarserver('email-address-set'),
      allprop: false,
      get: ({resource: {owner}}) => owner?.emails.map(email => element(calendarserver('email-address'), email)),
      searchable: 'E-mail address',
    },
  ],
);
