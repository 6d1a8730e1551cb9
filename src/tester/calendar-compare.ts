import {addDuration, parseDuration} from '../ical/duration.ts';
import {firstProperty, type JcalComponent, type JcalProperty, jcalOf} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {keyOf, localIn, type RecurrenceSet, recurrenceSets, timeOf} from '../ical/recurrence-set.ts';
import {type FindZone, type IcalTime, printTime} from '../ical/time.ts';
import {zonesOf} from '../ical/time-zones.ts';
import {componentLines, valueText} from './calendar-lines.ts';

/** What a comparison leaves out: `NAME`, `NAME=value`, `NAME:PARAMETER`. */
export interface CompareOptions {
  readonly filters: readonly string[];
  /** Whether VTIMEZONEs count. */
  readonly timezones: boolean;
}

/**
 * Why two calendars are not the same; undefined: they are. The order of lines, parameters and components does not count, DURATION is
 * as good as DTEND, and an instance that one side overrides is compared with what the other's master says of it.
 */
export function calendarDifference(answered: Calendar, expected: Calendar, options: CompareOptions): string | undefined {
  const sides = [normalize(answered, expected, options), normalize(expected, answered, options)] as const;
  const [got, wanted] = sides.map(component => componentLines(component)) as [string[], string[]];
  if (got.join('\n') === wanted.join('\n')) return undefined;
  const extra = without(got, wanted).map(line => `+ ${line}`);
  const missing = without(wanted, got).map(line => `- ${line}`);
  const differing = [...missing, ...extra];
  return `the calendar is another one: ${differing.length > 0 ? differing.join('\n    ') : 'its lines stand in other components'}`;
}

function normalize(calendar: Calendar, other: Calendar, {filters, timezones}: CompareOptions): JcalComponent {
  const [name, properties, components] = structuredClone(jcalOf(calendar));
  const all = [...components, ...derived(calendar, other)];
  const findZone = zonesOf(calendar);
  const kept = all.filter(component => timezones || component[0] !== 'vtimezone').map(component => mend(component, findZone));
  return filtered([name, properties, kept], filters);
}

/** The overrides that the other side has and this one does not, as this side's master says them. */
function derived(calendar: Calendar, other: Calendar): JcalComponent[] {
  const findZone = zonesOf(calendar);
  const findOther = zonesOf(other);
  const sets = recurrenceSets(other);
  return recurrenceSets(calendar).flatMap(set => {
    const start = set.master && timeOf(set.master, 'dtstart', findZone);
    const recurs = set.master && ['rrule', 'rdate'].some(name => firstProperty(set.master!, name));
    if (!set.master || !start || !recurs) return [];
    const keys = new Set(instancesOf(set, findZone).map(time => keyOf(time, start)));
    const theirs = sets.find(({master}) => uidOf(master) === uidOf(set.master));
    return (theirs ? instancesOf(theirs, findOther) : [])
      .filter(time => !keys.has(keyOf(time, start)))
      .map(time => derive(set.master!, start, {...start, local: localIn(time, start)}, findZone));
  });
}

function instancesOf({overrides}: RecurrenceSet, findZone: FindZone): IcalTime[] {
  return overrides.flatMap(override => timeOf(override, 'recurrence-id', findZone) ?? []);
}

function uidOf(component: JcalComponent | undefined): string {
  const uid = component && firstProperty(component, 'uid');
  return uid ? valueText(uid) : '';
}

/** One instance of a series as a component of its own. */
function derive(master: JcalComponent, start: IcalTime, at: IcalTime, findZone: FindZone): JcalComponent {
  const [name, properties, components] = structuredClone(master);
  const end = timeOf(master, endName(master), findZone);
  const kept = properties.flatMap((property): JcalProperty[] => {
    if (['rrule', 'rdate', 'exdate', 'exrule'].includes(property[0])) return [];
    if (property[0] === 'dtstart') {
      const moved: JcalProperty = ['dtstart', property[1], property[2], printTime(at)];
      return [moved, ['recurrence-id', property[1], property[2], printTime(at)]];
    }
    if (property[0] === endName(master) && end) {
      return [[property[0], property[1], property[2], printTime({...end, local: end.local + at.local - start.local})]];
    }
    return [property];
  });
  return [name, kept, components];
}

const endName = ([name]: JcalComponent) => (name === 'vtodo' ? 'due' : 'dtend');

/** DURATION becomes DTEND, and several values of one EXDATE become several EXDATEs. */
function mend(component: JcalComponent, findZone: FindZone): JcalComponent {
  const [name, properties, components] = component;
  const start = timeOf(component, 'dtstart', findZone);
  const written = firstProperty(component, 'dtstart');
  const mended = properties.flatMap((property): JcalProperty[] => {
    const [own, parameters, type, ...values] = property;
    if (own === 'duration' && start && written && (name === 'vevent' || name === 'vtodo')) {
      // The original's data says P1DT for a day, and so did its parser.
      const duration = parseDuration(String(values[0]).replace(/T$/, ''));
      if (!duration) return [property];
      return [[endName(component), written[1], written[2], printTime(addDuration(start, duration))]];
    }
    if (own === 'exdate' || own === 'rdate') return values.map(value => [own, parameters, type, value]);
    return [property];
  });
  return [name, mended, components.map(inner => mend(inner, findZone))];
}

function filtered([name, properties, components]: JcalComponent, filters: readonly string[]): JcalComponent {
  const kept = properties.flatMap((property): JcalProperty[] => {
    const own = property[0].toUpperCase();
    if (filters.includes(own) || filters.includes(`${own}=${valueText(property).toUpperCase()}`)) return [];
    if (filters.includes(`${own}=${valueText(property)}`)) return [];
    const parameters = Object.entries(property[1]).filter(([key]) => !filters.includes(`${own}:${key.toUpperCase()}`));
    const [, , type, ...values] = property;
    return [[property[0], Object.fromEntries(parameters), type, ...values]];
  });
  return [name, kept, components.map(component => filtered(component, filters))];
}

/** What is in one list beyond what is in the other. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const rest = [...other];
  return list.filter(line => {
    const at = rest.indexOf(line);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}
