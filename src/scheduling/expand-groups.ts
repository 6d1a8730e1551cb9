import type {Directory, Principal, PrincipalType} from '../accounts/principal.ts';
import {type JcalComponent, type JcalProperty, mainComponents} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {addressOf, attendeesOf, isServed, setParameters} from '../itip/parties.ts';
import {copyOf} from '../itip/series.ts';
import {groupMembers} from './group-members.ts';

/** Who stores an invitation with groups in it, and what was there before. */
export interface Inviting {
  readonly owner: Principal;
  readonly before: Calendar | undefined;
  readonly directory: Pick<Directory, 'findByGuid'>;
  /** Whose calendar address it is. */
  find(address: string): Principal | undefined;
}

/**
 * An organizer's event with those in its groups as ATTENDEEs beside these, MEMBER saying by which group each is there (RFC 5545 §3.2.11).
 * Who is there by groups alone, and is in none of them any more, goes, as with a group that is taken away. The very same where there is none.
 */
export function expandGroups(calendar: Calendar, inviting: Inviting): Calendar {
  const {find, before} = inviting;
  const isGroup = (address: string) => find(address)?.type === 'groups';
  const isConcerned = (attendee: JcalProperty) => isGroup(addressOf(attendee)) || groupsNaming(attendee).some(isGroup);
  if (!mainComponents(calendar).some(part => attendeesOf(part).some(isConcerned))) return calendar;
  const known = new Map<string, JcalProperty>();
  for (const attendee of before ? mainComponents(before).flatMap(attendeesOf) : []) {
    const guid = find(addressOf(attendee))?.guid;
    if (guid !== undefined && !known.has(guid)) known.set(guid, attendee);
  }
  const expanded = copyOf(calendar);
  for (const part of mainComponents(expanded)) expandIn(part, known, inviting);
  return expanded;
}

/** The groups that the server invites. */
export function groupsIn(calendar: Calendar, find: Inviting['find']): Principal[] {
  const found = mainComponents(calendar)
    .flatMap(attendeesOf)
    .flatMap(each => (isServed(each) ? (find(addressOf(each)) ?? []) : []))
    .filter(({type}) => type === 'groups');
  return [...new Map(found.map(group => [group.guid, group])).values()];
}

function expandIn(part: JcalComponent, known: ReadonlyMap<string, JcalProperty>, {owner, directory, find}: Inviting): void {
  const groups = attendeesOf(part).filter(each => isServed(each) && find(addressOf(each))?.type === 'groups');
  const wanted = new Map<string, {readonly member: Principal; readonly by: string[]}>();
  for (const group of groups) {
    setParameters(group, {cutype: 'GROUP'});
    for (const member of groupMembers(find(addressOf(group))!, directory)) {
      const there = wanted.get(member.guid);
      if (there) there.by.push(addressOf(group));
      else if (member.guid !== owner.guid && addressFor(member)) wanted.set(member.guid, {member, by: [addressOf(group)]});
    }
  }
  part[1] = part[1].filter(property => {
    const by = property[0] === 'attendee' ? groupsNaming(property) : [];
    if (by.length === 0 || by.some(address => find(address)?.type !== 'groups')) return true;
    const there = wanted.get(find(addressOf(property))?.guid ?? '');
    const guids = (addresses: readonly string[]) => [...new Set(addresses.map(address => find(address)?.guid))].sort().join();
    if (there && guids(by) !== guids(there.by)) setParameters(property, {member: memberOf(there.by)});
    return there !== undefined;
  });
  const present = new Set(attendeesOf(part).map(each => find(addressOf(each))?.guid));
  for (const [guid, {member, by}] of wanted) {
    if (!present.has(guid)) part[1].push(attendeeOf(member, by, known.get(guid)));
  }
}

function groupsNaming(attendee: JcalProperty): readonly string[] {
  const named = attendee[1].member;
  return named === undefined ? [] : typeof named === 'string' ? [named] : named;
}

function memberOf(groups: readonly string[]): string | string[] {
  return groups.length === 1 ? groups[0]! : [...groups];
}

/** What a client leaves out that has not read what its PUT became stays as it was. */
function attendeeOf(member: Principal, by: readonly string[], known: JcalProperty | undefined): JcalProperty {
  if (known) {
    const [name, parameters, type, ...values] = structuredClone(known);
    return [name, {...parameters, member: memberOf(by)}, type, ...values];
  }
  const parameters = {
    cn: member.fullName,
    cutype: kinds[member.type],
    member: memberOf(by),
    partstat: 'NEEDS-ACTION',
    rsvp: 'TRUE',
  };
  return ['attendee', parameters, 'cal-address', addressFor(member)!];
}

/** Undefined: nothing can be delivered to this one. */
function addressFor({emails, calendars, guid}: Principal): string | undefined {
  return emails[0] !== undefined ? `mailto:${emails[0]}` : calendars ? `urn:uuid:${guid}` : undefined;
}

/** RFC 5545 §3.2.3. */
const kinds: Readonly<Record<PrincipalType, string>> = {
  users: 'INDIVIDUAL',
  groups: 'GROUP',
  locations: 'ROOM',
  resources: 'RESOURCE',
};
