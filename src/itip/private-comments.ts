import {allProperties, type JcalComponent, type JcalProperty, mainComponents} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {normalAddress} from './address.ts';
import {addressOf, attendeesOf, parameter} from './parties.ts';
import {partsOf, type Series} from './series.ts';

/** What an attendee tells the organizer alone (caldav-privatecomments §4.1.4), and as what the organizer has it (§4.1.5). */
export const privateComment = 'x-calendarserver-private-comment';
export const attendeeComment = 'x-calendarserver-attendee-comment';

/** An attendee whose comment a component has twice (caldav-privatecomments §4.1.5); undefined: each has one at most. */
export function commentedTwice(calendar: Calendar): string | undefined {
  for (const part of mainComponents(calendar)) {
    const seen = new Set<string>();
    for (const comment of allProperties(part, attendeeComment)) {
      const key = refOf(comment);
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return undefined;
}

/** The comments of an attendee, in a component of the organizer's. */
export function commentsOf(component: JcalComponent, address: string): JcalProperty[] {
  const key = normalAddress(address);
  return allProperties(component, attendeeComment).filter(each => refOf(each) === key);
}

/** What an attendee has told the organizer; '' where they have not, or have taken it back. */
export function commentOf(component: JcalComponent, address: string): string {
  return String(commentsOf(component, address)[0]?.[3] ?? '');
}

/**
 * Puts right the attendees' comments in what an organizer stores (caldav-privatecomments §3.2, §4.2.2), in place: where none is left of
 * those that were there, the program does not know of them, and they are put back; those of who is no longer invited go.
 */
export function keepAttendeeComments(stored: Series, old: Series | undefined): void {
  if (old && hasComments(old) && !hasComments(stored)) putBack(old, stored);
  for (const part of partsOf(stored)) dropUninvited(part);
}

function hasComments(series: Series): boolean {
  return partsOf(series).some(part => part[1].some(([name]) => name === attendeeComment));
}

/** An instance that is an exception only now had what its series has. */
function putBack(old: Series, stored: Series): void {
  const give = (part: JcalComponent | undefined, from: JcalComponent | undefined) => {
    if (part && from) part[1].push(...structuredClone(allProperties(from, attendeeComment)));
  };
  give(stored.master, old.master);
  for (const [key, part] of stored.overrides) give(part, old.overrides.get(key) ?? old.master);
}

function dropUninvited(part: JcalComponent): void {
  if (allProperties(part, attendeeComment).length === 0) return;
  const invited = new Set(attendeesOf(part).map(attendee => normalAddress(addressOf(attendee))));
  part[1] = part[1].filter(property => property[0] !== attendeeComment || invited.has(refOf(property)));
}

function refOf(comment: JcalProperty): string {
  return normalAddress(parameter(comment, 'x-calendarserver-attendee-ref') ?? '');
}
