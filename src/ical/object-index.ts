import type {TimeRange} from '../base/time-range.ts';
import {farthestMove, instancesOfSet, newBudget} from './expand.ts';
import {IcalError} from './ical-error.ts';
import {allProperties, jcalOf, mainComponents, textOf} from './jcal.ts';
import type {Calendar} from './parse.ts';
import {recurrenceSets} from './recurrence-set.ts';
import {day} from './time.ts';
import {zonesOf} from './time-zones.ts';

/**
 * CalendarServer's private events §4.1.2, X-CALENDARSERVER-ACCESS of a VCALENDAR: what others see is nothing, when it is, or also what
 * it is called and where it is.
 */
export type Access = 'PRIVATE' | 'CONFIDENTIAL' | 'RESTRICTED';

/** The strictest that a VCALENDAR says; what nobody knows is not shown to anybody. Undefined: PUBLIC, or nothing. */
export function accessOf(calendar: Calendar): Access | undefined {
  const said = allProperties(jcalOf(calendar), 'x-calendarserver-access').map(([, , , value]) =>
    String(value).trim().toUpperCase(),
  );
  const known = (['PRIVATE', 'CONFIDENTIAL', 'RESTRICTED'] as const).find(access => said.includes(access));
  return known ?? (said.some(value => value !== 'PUBLIC') ? 'PRIVATE' : undefined);
}

/** What the store remembers of a calendar object so that queries need not read it. */
export interface ObjectIndex {
  readonly uid: string;
  /** The component type beside VTIMEZONE: `VEVENT`. */
  readonly component: string;
  /** One a recurrence instance, alarms left out; in order of start. */
  readonly spans: readonly Span[];
  /** Instances after this instant are not in `spans`, milliseconds; undefined: all are. */
  readonly horizon: number | undefined;
  /** How much of it others than its owner see; undefined: all. */
  readonly access?: Access | undefined;
  /** The calendar address of the first component that has an ORGANIZER (RFC 5545 §3.8.4.3); undefined: none has. */
  readonly organizer?: string | undefined;
}

/** The time one instance takes. A floating one (no time zone, or a DATE) is given as if its zone were UTC. */
export interface Span extends TimeRange {
  readonly floating: boolean;
}

export interface IndexOptions {
  /** Up to when instances are looked for, milliseconds; the default is a year from now. */
  readonly horizon?: number;
  /** However far away, this many instances are looked for, */
  readonly minInstances?: number;
  /** and however near, no more than these. */
  readonly maxInstances?: number;
}

/** RFC 7953 §3.1: the ORGANIZER of a VAVAILABILITY is who can be met; it invites nobody. */
function organizerOf(calendar: Calendar): string | undefined {
  for (const part of mainComponents(calendar)) {
    if (part[0] === 'vavailability') continue;
    const organizer = textOf(part, 'organizer')?.trim();
    if (organizer) return organizer;
  }
  return undefined;
}

/**
 * What there is to remember of a calendar object: its UID, its type and when it takes place by RFC 4791 §9.9. Infinite ends say that a
 * range's end is no limit: a VTODO without a date is in every range. Throws IcalError where no component has a UID.
 */
export function indexObject(
  calendar: Calendar,
  {horizon = Date.now() + 366 * day, minInstances = 100, maxInstances = 5000}: IndexOptions = {},
): ObjectIndex {
  const component = mainComponents(calendar).find(candidate => textOf(candidate, 'uid'));
  if (!component) throw new IcalError(1, 'no component in this calendar has a UID');
  const access = accessOf(calendar);
  const organizer = organizerOf(calendar);
  const budget = newBudget();
  const findZone = zonesOf(calendar);
  const spans: Span[] = [];
  let reached = Infinity;
  for (const set of recurrenceSets(calendar)) {
    let count = 0;
    for (const instance of instancesOfSet(set, findZone, {budget})) {
      const anchor = instance.start ?? instance.end;
      const floating = anchor !== undefined && anchor.zone === undefined;
      const first = instance.spans[0]?.start ?? -Infinity;
      if (!instance.explicit && ++count > (first > horizon ? minInstances : maxInstances)) {
        reached = Math.min(reached, first - farthestMove(set, findZone) - day);
        break;
      }
      for (const {start, end} of instance.spans) spans.push({start, end, floating});
    }
    if (budget.reached !== undefined) reached = Math.min(reached, budget.reached - farthestMove(set, findZone) - day);
  }
  spans.sort((a, b) => a.start - b.start);
  return {
    uid: textOf(component, 'uid')!,
    component: component[0].toUpperCase(),
    spans,
    horizon: reached === Infinity ? undefined : reached,
    ...(access ? {access} : {}),
    ...(organizer === undefined ? {} : {organizer}),
  };
}
