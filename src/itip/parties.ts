import {allProperties, firstProperty, type JcalComponent, type JcalProperty, mainComponents} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {normalAddress} from './address.ts';
import {type IsMe, ItipError} from './message.ts';

/** What the owner of an object is in it (RFC 6638 §3.1); undefined: nobody it is scheduled with. */
export type Role = 'organizer' | 'attendee' | undefined;

/** The role of the owner: `organizer` also where they are an attendee as well. */
export function roleIn(calendar: Calendar, isMe: IsMe): Role {
  const organizer = organizerIn(calendar);
  if (organizer === undefined) return undefined;
  if (isMe(organizer)) return 'organizer';
  return mainComponents(calendar).some(part => attendeesOf(part).some(attendee => isMe(addressOf(attendee))))
    ? 'attendee'
    : undefined;
}

/** The ORGANIZER of a calendar: the first that any of its components names. */
export function organizerIn(calendar: Calendar): string | undefined {
  for (const part of mainComponents(calendar)) {
    const organizer = organizerOf(part);
    if (organizer) return addressOf(organizer);
  }
  return undefined;
}

/** RFC 6638 §3.2.4.2: the components of an object have one ORGANIZER. One that says none is not counted. Throws ItipError. */
export function requireOneOrganizer(calendar: Calendar): void {
  const found = new Set(
    mainComponents(calendar).flatMap(part => allProperties(part, 'organizer').map(each => normalAddress(addressOf(each)))),
  );
  if (found.size > 1) throw new ItipError('organizer differs', 'its components have more than one ORGANIZER');
}

/** The attendees of a calendar by the key of their address, each as it is written first. */
export function attendeesIn(calendar: Calendar): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of mainComponents(calendar)) {
    for (const attendee of attendeesOf(part)) {
      const key = normalAddress(addressOf(attendee));
      if (!found.has(key)) found.set(key, addressOf(attendee));
    }
  }
  return found;
}

export function organizerOf(component: JcalComponent): JcalProperty | undefined {
  return firstProperty(component, 'organizer');
}

export function attendeesOf(component: JcalComponent): JcalProperty[] {
  return allProperties(component, 'attendee');
}

/** The attendees of a component by the key of their address. */
export function attendeesByKey(component: JcalComponent | undefined): Map<string, JcalProperty> {
  return new Map((component ? attendeesOf(component) : []).map(attendee => [normalAddress(addressOf(attendee)), attendee]));
}

/** The ATTENDEE that is one's own. */
export function myself(component: JcalComponent, isMe: IsMe): JcalProperty | undefined {
  return attendeesOf(component).find(attendee => isMe(addressOf(attendee)));
}

/** The calendar address an ATTENDEE or ORGANIZER holds. */
export function addressOf(property: JcalProperty): string {
  return String(property[3] ?? '');
}

/** The first value of a parameter. */
export function parameter(property: JcalProperty | undefined, name: string): string | undefined {
  const value = property?.[1][name];
  return Array.isArray(value) ? value[0] : value;
}

/** PARTSTAT (RFC 5545 §3.2.12), in upper case, its default filled in. */
export function partstatOf(attendee: JcalProperty | undefined): string {
  return parameter(attendee, 'partstat')?.toUpperCase() || 'NEEDS-ACTION';
}

/** RFC 6638 §7.1: whether the server does the scheduling with this one. */
export function isServed(property: JcalProperty | undefined): boolean {
  return agentOf(property) === 'SERVER';
}

/** SCHEDULE-AGENT (RFC 6638 §7.1), in upper case, its default filled in. */
export function agentOf(property: JcalProperty | undefined): string {
  return parameter(property, 'schedule-agent')?.toUpperCase() || 'SERVER';
}

/** Parameters set, and those that are undefined taken away; in place. */
export function setParameters(property: JcalProperty, values: Record<string, string | string[] | undefined>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete property[1][name];
    else property[1][name] = value;
  }
}
