import type {Principal, PrincipalType} from '../../accounts/principal.ts';
import {scheduleTagProperty} from '../../scheduling/schedule-tag.ts';
import {DavError} from '../../webdav/error.ts';
import {printPath} from '../../webdav/href.ts';
import {principal} from '../../webdav/kinds/principal.ts';
import {principalHref} from '../../webdav/principals.ts';
import {kept, properties} from '../../webdav/tables.ts';
import {child, type Element, element} from '../../xml/element.ts';
import {caldav, dav} from '../../xml/names.ts';
import {calendar, calendarObject} from '../kinds.ts';

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

/** RFC 6638 §9.3: which version of a scheduling object resource it is for whoever changes it; protected. */
export const scheduleTagProperties = properties(
  [calendarObject],
  [{name: scheduleTagProperty, allprop: false, lasting: true, get: of => kept(scheduleTagProperty, of)}],
);

/** RFC 6638 §9.1: whether the calendar makes its owner busy, as the client has set it; opaque until then. */
export const transparencyProperties = properties(
  [calendar],
  [
    {
      name: caldav('schedule-calendar-transp'),
      allprop: false,
      get: of => kept(caldav('schedule-calendar-transp'), of) ?? element(caldav('opaque')),
      set: value => {
        if (value && !child(value, caldav('opaque')) && !child(value, caldav('transparent'))) {
          throw new DavError(409, {message: 'CALDAV:schedule-calendar-transp holds CALDAV:opaque or CALDAV:transparent.'});
        }
        return value;
      },
    },
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

const href = (url: string) => element(dav('href'), url);
