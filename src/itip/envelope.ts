import ICAL from 'ical.js';
import {allProperties, cloned, type JcalComponent, type JcalProperty, jcalOf, textOf} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {standardTimezone} from '../ical/standard-timezone.ts';
import {printTime} from '../ical/time.ts';
import {zoneByName} from '../ical/time-zones.ts';
import {utc} from '../ical/zone.ts';
import {isShared} from './meaning.ts';
import type {Method} from './message.ts';
import {addressOf, setParameters} from './parties.ts';
import {setProperty, setSequence} from './series.ts';

export const prodid = '-//caldav//scheduling//EN';

/** The iCalendar object of a message: METHOD, and the VTIMEZONEs its components name (RFC 5546 §1.4, §3.2.2). */
export function envelope(method: Method, components: readonly JcalComponent[], from: Calendar): Calendar {
  return calendarOf([['method', {}, 'text', method]], components, from);
}

/** A calendar of these components, with the VTIMEZONEs they name, as they are told in `from` or known by name. */
export function calendarOf(properties: readonly JcalProperty[], components: readonly JcalComponent[], from: Calendar): Calendar {
  const scale = allProperties(jcalOf(from), 'calscale').slice(0, 1);
  const head: JcalProperty[] = [['version', {}, 'text', '2.0'], ['prodid', {}, 'text', prodid], ...scale, ...properties];
  return {component: new ICAL.Component(['vcalendar', head, [...timezonesFor(components, from), ...components]])};
}

/** The VTIMEZONEs that components name, and those that nothing in `from` does: of all-day events some clients tell where they are at home. */
export function timezonesFor(components: readonly JcalComponent[], from: Calendar): JcalComponent[] {
  const told = jcalOf(from)[2].filter(([name]) => name === 'vtimezone');
  const named = told.length > 0 ? tzidsIn(jcalOf(from)[2]) : new Set();
  const unnamed = told.flatMap(part => textOf(part, 'tzid') ?? []).filter(tzid => !named.has(tzid));
  return [...new Set([...tzidsIn(components), ...unnamed])].flatMap(tzid => {
    const known = told.find(part => textOf(part, 'tzid') === tzid);
    if (known) return [known];
    const zone = zoneByName(tzid);
    const standard = zone && standardTimezone(zone.id, {start: Date.UTC(1970, 0)});
    if (!standard) return [];
    setProperty(standard, 'tzid', ['tzid', {}, 'text', tzid]);
    return [standard];
  });
}

function tzidsIn(components: readonly JcalComponent[], found = new Set<string>()): Set<string> {
  for (const [, properties, inner] of components) {
    for (const [, {tzid}] of properties) if (typeof tzid === 'string' && tzid !== '') found.add(tzid);
    tzidsIn(inner, found);
  }
  return found;
}

/** What a component is made into on its way out. */
export interface Outward {
  /** Milliseconds. */
  readonly now: number;
  readonly sequence?: number;
  /** The ATTENDEEs it names; the default is all. */
  readonly names?: (address: string) => boolean;
  /** ORGANIZER, where a component does not say it. */
  readonly organizer?: JcalProperty | undefined;
}

/** A component as others may see it (RFC 6638 §3.2.1, §7): a copy without alarms and whatever else is the sender's own. */
export function outward(component: JcalComponent, {now, sequence, names, organizer}: Outward): JcalComponent {
  const kept = component[1].flatMap((property): JcalProperty[] => {
    if (property[0] === 'uid' || property[0] === 'recurrence-id' || property[0] === 'sequence') return [cloned(property)];
    if (property[0] === 'attendee' && names && !names(addressOf(property))) return [];
    return isShared(component, property) ? [withoutAgent(property)] : [];
  });
  if (organizer && !kept.some(([name]) => name === 'organizer')) kept.push(withoutAgent(organizer));
  const sent: JcalComponent = [component[0], kept, []];
  kept.splice(1, 0, stamp(now));
  if (sequence !== undefined) setSequence(sent, sequence);
  return sent;
}

/** RFC 6638 §7: what SCHEDULE-AGENT, -STATUS and -FORCE-SEND say stays at home. */
function withoutAgent(property: JcalProperty): JcalProperty {
  const sent = cloned(property);
  if (sent[0] === 'attendee' || sent[0] === 'organizer') {
    setParameters(sent, {'schedule-agent': undefined, 'schedule-status': undefined, 'schedule-force-send': undefined});
    for (const name of Object.keys(sent[1])) if (name.startsWith('x-')) delete sent[1][name];
  }
  return sent;
}

/** DTSTAMP. */
export function stamp(now: number): JcalProperty {
  return ['dtstamp', {}, 'date-time', printTime({local: now, date: false, zone: utc})];
}
