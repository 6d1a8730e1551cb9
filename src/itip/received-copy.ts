import {allProperties, cloned, firstProperty, type JcalComponent, type JcalProperty, jcalOf, textOf} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {sameAddress} from './address.ts';
import {settleTransparency} from './attendee-rules.ts';
import {calendarOf, timezonesFor} from './envelope.ts';
import {differences, isShared, meaningOf, reschedulingOf} from './meaning.ts';
import type {Changed, IsMe, Received} from './message.ts';
import {addressOf, isServed, myself, organizerOf, partstatOf, setParameters} from './parties.ts';
import {copyOf, isCancelled, partsOf, type Series, sequenceOf, seriesOf, setProperty} from './series.ts';

/** A component of a message as it comes into a calendar: alarms are not for others to set, nor is what only a server says. */
export function incoming(component: JcalComponent, isMe: IsMe): JcalComponent {
  const [name, properties, inner] = cloned(component);
  for (const property of properties) {
    if (property[0] !== 'attendee' && property[0] !== 'organizer') continue;
    setParameters(property, {'schedule-agent': undefined, 'schedule-status': undefined, 'schedule-force-send': undefined});
  }
  const taken: JcalComponent = [name, properties, inner.filter(([each]) => each !== 'valarm')];
  markUnanswered(taken, isMe);
  return taken;
}

/** What is not answered yet takes nobody's time. */
function markUnanswered(component: JcalComponent, isMe: IsMe): void {
  const mine = myself(component, isMe);
  if (component[0] !== 'vevent' || !mine || partstatOf(mine) !== 'NEEDS-ACTION') return;
  setProperty(component, 'transp', ['transp', {}, 'text', 'TRANSPARENT']);
}

const ofEdition = new Set(['uid', 'recurrence-id', 'dtstamp', 'sequence', 'created', 'last-modified']);

/**
 * A component of a message, and what of the copy that was there is the attendee's own: alarms, TRANSP, X-…, and PARTSTAT where nobody asks
 * anew (RFC 5546 §2.1.4): it is not re-scheduled, nor is NEEDS-ACTION said with a higher SEQUENCE.
 */
export function merged(
  part: JcalComponent,
  news: Series,
  copy: JcalComponent | undefined,
  old: Series,
  isMe: IsMe,
): JcalComponent {
  const taken = incoming(part, isMe);
  if (!copy) return taken;
  const [theirs, own] = [myself(taken, isMe), myself(copy, isMe)];
  // With a lower SEQUENCE than the CANCEL it is begun anew as it was: so is what was answered.
  const isBack = isCancelled(copy) && sequenceOf(part) >= sequenceOf(copy);
  const asks = isBack || reschedulingOf(copy, old.findZone, part, news.findZone).asks;
  const isAskedAnew =
    asks ||
    (partstatOf(theirs) === 'NEEDS-ACTION' && sequenceOf(part) > sequenceOf(copy)) ||
    partstatOf(own) === partstatOf(theirs) ||
    partstatOf(own) === 'NEEDS-ACTION';
  if (theirs && own && !isAskedAnew) {
    for (const name of ['partstat', 'rsvp', 'delegated-to']) setParameters(theirs, {[name]: own[1][name]});
  }
  const known = organizerOf(copy);
  // Until now the server had no part in it.
  const isFirst = !own || (known !== undefined && !isServed(known));
  const isReset =
    theirs !== undefined && partstatOf(theirs) === 'NEEDS-ACTION' && (asks || isFirst || partstatOf(own) !== 'NEEDS-ACTION');
  const isOwn = (property: JcalProperty) => !isShared(part, property) && !ofEdition.has(property[0]);
  const kept = copy[1].filter(property => isOwn(property) && !(isReset && property[0] === 'transp'));
  const transparency = isReset ? allProperties(taken, 'transp') : [];
  const result: JcalComponent = [
    taken[0],
    [...taken[1].filter(property => !isOwn(property)), ...cloned(kept), ...transparency],
    [...taken[2], ...cloned(copy[2].filter(([name]) => name === 'valarm'))],
  ];
  settleTransparency(copy, result, isMe);
  return result;
}

/** Whether a component of a message is older than the copy (RFC 5546 §2.1.5). */
export function isStale(part: JcalComponent, copy: JcalComponent): boolean {
  const [sequence, known] = [sequenceOf(part), sequenceOf(copy)];
  return sequence === known ? isOlder(part, copy) : sequence < known;
}

/** The same by DTSTAMP alone. */
export function isOlder(part: JcalComponent, copy: JcalComponent): boolean {
  const [stamp, known] = [textOf(part, 'dtstamp'), textOf(copy, 'dtstamp')];
  return stamp !== undefined && known !== undefined && stamp < known;
}

/** The owner's object with these components in place of what it had, and the VTIMEZONEs of both. */
export function rebuilt(mine: Calendar, parts: readonly JcalComponent[], message: Calendar): Calendar {
  keepOrganizer(parts, mine);
  const copy = copyOf(mine);
  const own = timezonesFor(parts, message);
  const tzids = new Set(own.map(part => textOf(part, 'tzid')));
  const known = jcalOf(copy)[2].filter(part => part[0] === 'vtimezone' && !tzids.has(textOf(part, 'tzid')));
  const used = timezonesFor(parts, {component: copy.component}).map(part => textOf(part, 'tzid'));
  jcalOf(copy)[2] = [...cloned(own), ...known.filter(part => used.includes(textOf(part, 'tzid'))), ...parts];
  return copyOf(copy);
}

/** What the server says of the ORGANIZER is the same in all components, also in those that are new; in place. From now on it has a part in it. */
function keepOrganizer(parts: readonly JcalComponent[], mine: Calendar): void {
  const known = partsOf(seriesOf(mine)).map(organizerOf).find(Boolean);
  for (const part of parts) {
    const organizer = organizerOf(part);
    if (!organizer || !known || !sameAddress(addressOf(organizer), addressOf(known))) continue;
    const status = isServed(known) ? known[1]['schedule-status'] : undefined;
    // That they have no such event is no longer so.
    setParameters(organizer, {'schedule-status': status === '5.3' ? undefined : status});
  }
}

/** An object of its own, of what a message says; of instances alone not those that the owner has declined, and so taken away. */
export function newObject(message: Calendar, isMe: IsMe): Calendar {
  const series = seriesOf(message);
  const isTakenAway = (part: JcalComponent) => !series.master && partstatOf(myself(part, isMe)) === 'DECLINED';
  const parts = partsOf(series).flatMap(part => (isTakenAway(part) ? [] : [incoming(part, isMe)]));
  return calendarOf([], parts, message);
}

/** What has been received; what it changed is found out for who asks, since of a thousand attendees that costs. */
export function lately(received: Omit<Received, 'changed'>, changed: () => Changed): Received {
  let found: Changed | undefined;
  return {
    ...received,
    get changed() {
      found ??= changed();
      return found;
    },
  };
}

/** What is different for the owner of an object. */
export function changedBetween(before: Calendar | undefined, after: Calendar, isMe: IsMe): Changed {
  const [old, now] = [before && seriesOf(before), seriesOf(after)];
  const properties = new Set<string>();
  const recurrences: string[] = [];
  let whole = false;
  const keys = new Set<number | 'master'>(['master', ...(old?.overrides.keys() ?? []), ...now.overrides.keys()]);
  for (const key of keys) {
    const [was, is] = [old, now].map(series => (key === 'master' ? series?.master : (series?.overrides.get(key) ?? undefined)));
    if (!was && !is) continue;
    const found = differences(
      was && old ? meaningOf(was, old.findZone) : new Map(),
      is ? meaningOf(is, now.findZone) : new Map(),
    );
    if (partstatsOf(was, isMe) !== partstatsOf(is, isMe)) found.push('PARTSTAT');
    for (const name of found) properties.add(name);
    if (found.length === 0) continue;
    if (key === 'master') whole = true;
    else recurrences.push(String(firstProperty((is ?? was)!, 'recurrence-id')?.[3]));
  }
  return {recurrences: whole ? undefined : recurrences.sort(), properties: [...properties].sort()};
}

function partstatsOf(component: JcalComponent | undefined, isMe: IsMe): string {
  if (!component) return '';
  const mine = myself(component, isMe);
  if (mine) return partstatOf(mine);
  return allProperties(component, 'attendee')
    .map(each => `${addressOf(each)} ${partstatOf(each)}`)
    .join();
}

/** Whether two calendars are the same but for when they were sent. */
export function isSameCalendar(a: Calendar, b: Calendar): boolean {
  return textOfCalendar(a) === textOfCalendar(b);
}

function textOfCalendar(calendar: Calendar): string {
  return JSON.stringify(jcalOf(calendar), (_, value) => (Array.isArray(value) && value[0] === 'dtstamp' ? undefined : value));
}

/** A REQUEST-STATUS code, as SCHEDULE-STATUS has it (RFC 6638 §3.2.9). */
export function statusIn(part: JcalComponent): string {
  const value = firstProperty(part, 'request-status')?.[3];
  const code = Array.isArray(value) ? value[0] : String(value ?? '').split(';')[0];
  return typeof code === 'string' && /^\d(\.\d+){1,2}$/.test(code) ? code : '2.0';
}
