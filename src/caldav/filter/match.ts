import {overlaps, type TimeRange} from '../../base/time-range.ts';
import {type Instance, instancesOf, newBudget} from '../../ical/expand.ts';
import {type JcalComponent, type JcalProperty, jcalOf} from '../../ical/jcal.ts';
import type {Calendar} from '../../ical/parse.ts';
import {printValue} from '../../ical/print.ts';
import {type Placed, parsePeriod} from '../../ical/span.ts';
import {day, type FindZone, instantOf, timesOf, tzidOf} from '../../ical/time.ts';
import {zonesOf} from '../../ical/time-zones.ts';
import type {Zone} from '../../ical/zone.ts';
import {alarmReach, alarmTriggers} from './alarm.ts';
import type {CompFilter, ParamFilter, PropFilter, TextMatch} from './filter.ts';

/** What one calendar is matched with. */
interface Matching {
  readonly calendar: Calendar;
  readonly findZone: FindZone;
  /** For floating times and DATEs. */
  readonly zone: Zone;
}

/** Whether a calendar object matches a filter (RFC 4791 §9.7); `zone` is the one for floating times and DATEs (§9.8). */
export function matches(calendar: Calendar, filter: CompFilter, zone: Zone): boolean {
  return compMatches(jcalOf(calendar), undefined, filter, {calendar, findZone: zonesOf(calendar), zone});
}

/** A component that is there, against a filter of its name. A time-range is met by the instances that this very component stands for. */
function compMatches(
  component: JcalComponent,
  parent: JcalComponent | undefined,
  filter: CompFilter,
  matching: Matching,
): boolean {
  if (filter.isNotDefined) return false;
  if (!filter.propFilters.every(each => propFilterMatches(component, each, matching))) return false;
  if (filter.timeRange && !isWithin(component, parent, filter.timeRange, matching)) return false;
  return filter.compFilters.every(each => {
    const candidates = component[2].filter(([name]) => name === each.name);
    return each.isNotDefined ? candidates.length === 0 : candidates.some(part => compMatches(part, component, each, matching));
  });
}

function isWithin(component: JcalComponent, parent: JcalComponent | undefined, range: TimeRange, matching: Matching): boolean {
  if (component[0] === 'valarm') return parent !== undefined && isAlarmWithin(component, parent, range, matching);
  return someInstance(component, range, matching, ({spans}) => spans.some(span => overlaps(span, range)));
}

/** RFC 4791 §9.9: an alarm that goes off in the range, for any instance of the component it belongs to. */
function isAlarmWithin(alarm: JcalComponent, parent: JcalComponent, range: TimeRange, matching: Matching): boolean {
  const {findZone, zone} = matching;
  const reach = alarmReach(alarm);
  const goesOff = (of: Placed) => alarmTriggers(alarm, of, findZone, zone).some(at => at >= range.start && at < range.end);
  if (reach === undefined) return goesOff({start: undefined, end: undefined});
  return someInstance(parent, {start: range.start - reach, end: range.end + reach}, matching, goesOff);
}

/** An object whose rules are too much to follow to the end is taken as matching: a client is better told too much. */
function someInstance(
  component: JcalComponent,
  range: TimeRange,
  {calendar, zone}: Matching,
  test: (instance: Instance) => boolean,
): boolean {
  const budget = newBudget();
  for (const instance of instancesOf(calendar, {range, zone, budget})) {
    if (instance.component === component && test(instance)) return true;
  }
  return budget.reached !== undefined && budget.reached < range.end + day;
}

function propFilterMatches(component: JcalComponent, filter: PropFilter, matching: Matching): boolean {
  const candidates = component[1].filter(([name]) => name === filter.name);
  if (filter.isNotDefined) return candidates.length === 0;
  return candidates.some(property => propMatches(property, filter, matching));
}

function propMatches(property: JcalProperty, filter: PropFilter, {findZone, zone}: Matching): boolean {
  const {timeRange, textMatch} = filter;
  if (timeRange && !timesIn(property, findZone, zone).some(time => overlaps(time, timeRange))) return false;
  if (textMatch && !textMatches(textOf(property), textMatch)) return false;
  return filter.paramFilters.every(each => paramFilterMatches(property[1], each));
}

/** RFC 4791 §9.9, of properties: a DATE-TIME is an instant, a DATE the day, a PERIOD what it says. */
function timesIn(property: JcalProperty, findZone: FindZone, zone: Zone): TimeRange[] {
  const times = timesOf(property, findZone).map(time => {
    const start = instantOf(time, zone);
    return {start, end: time.date ? instantOf({...time, local: time.local + day}, zone) : start};
  });
  const periods = property.slice(3).flatMap(value => parsePeriod(value, tzidOf(property), findZone, zone) ?? []);
  return [...times, ...periods];
}

function paramFilterMatches(
  parameters: Record<string, string | string[]>,
  {name, isNotDefined, textMatch}: ParamFilter,
): boolean {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (isNotDefined) return value === undefined;
  if (value === undefined) return false;
  return !textMatch || textMatches(String(value), textMatch);
}

/** RFC 4791 §9.7.5: the text is somewhere in the value, or, negated, nowhere. */
function textMatches(value: string, {text, collation, negate}: TextMatch): boolean {
  return collation(value).includes(text) !== negate;
}

/** A property's value as text: TEXT without its escapes, lists with commas, anything else as iCalendar writes it. */
function textOf(property: JcalProperty): string {
  const values = property.slice(3);
  if (values.every(value => typeof value === 'string') && !/^(date|date-time|time|utc-offset)$/.test(property[2]))
    return values.join(',');
  return printValue(property);
}
