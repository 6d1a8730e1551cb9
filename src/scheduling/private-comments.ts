import {allProperties, type JcalComponent, type JcalProperty, mainComponents} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {normalAddress} from '../itip/address.ts';
import {addressOf, attendeesOf, parameter} from '../itip/parties.ts';
import {copyOf, partsOf, type Series, seriesOf} from '../itip/series.ts';

const attendeeComment = 'x-calendarserver-attendee-comment';

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

/**
 * What an organizer stores, with the attendees' comments put right (caldav-privatecomments §3.2, §4.2.2): where none is left of those that
 * were there, the program does not know of them, and they are put back; those of who is no longer invited go. The very same where there
 * is nothing to put right. To be asked of the organizer's own objects alone.
 */
export function keepAttendeeComments(before: Calendar | undefined, after: Calendar): Calendar {
  const [had, has] = [before !== undefined && hasComments(before), hasComments(after)];
  if (!had && !has) return after;
  const series = seriesOf(copyOf(after));
  const isPutBack = before !== undefined && had && !has && putBack(seriesOf(before), series);
  const isDropped = dropUninvited(series);
  return isPutBack || isDropped ? series.calendar : after;
}

function hasComments(calendar: Calendar): boolean {
  return mainComponents(calendar).some(part => part[1].some(([name]) => name === attendeeComment));
}

/** An instance that is new in `after` has what its series had. Answers whether anything was put back. */
function putBack(before: Series, after: Series): boolean {
  let changed = false;
  const give = (part: JcalComponent | undefined, from: JcalComponent | undefined) => {
    if (!part || !from) return;
    const comments = allProperties(from, attendeeComment);
    part[1].push(...structuredClone(comments));
    changed ||= comments.length > 0;
  };
  give(after.master, before.master);
  for (const [key, part] of after.overrides) give(part, before.overrides.get(key) ?? before.master);
  return changed;
}

function dropUninvited(series: Series): boolean {
  let changed = false;
  for (const part of partsOf(series)) {
    const invited = new Set(attendeesOf(part).map(attendee => normalAddress(addressOf(attendee))));
    const kept = part[1].filter(property => property[0] !== attendeeComment || invited.has(refOf(property)));
    if (kept.length === part[1].length) continue;
    part[1] = kept;
    changed = true;
  }
  return changed;
}

function refOf(comment: JcalProperty): string {
  return normalAddress(parameter(comment, 'x-calendarserver-attendee-ref') ?? '');
}
