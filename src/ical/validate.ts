import {parseDuration} from './duration.ts';
import {allProperties, firstProperty, type JcalComponent, jcalOf, mainComponents, textOf, timedParts} from './jcal.ts';
import type {Calendar} from './parse.ts';
import {parseRule} from './recurrence-rule.ts';
import {maxRules} from './recurrence-set.ts';
import {type FindZone, parseTime} from './time.ts';

/**
 * What keeps a calendar from being valid iCalendar (RFC 5545) in what this server must understand: dates, durations, rules. A sentence
 * without its full stop; undefined: nothing. Faults that real clients are known for, and that mislead nobody, are not looked for.
 */
export function dataFault(calendar: Calendar): string | undefined {
  const version = textOf(jcalOf(calendar), 'version');
  if (version !== undefined && version !== '2.0') return `VERSION is ${version}, and iCalendar's is 2.0`;
  for (const component of mainComponents(calendar).flatMap(timedParts)) {
    const fault = componentFault(component);
    if (fault) return fault;
  }
  return undefined;
}

const dates = ['dtstart', 'dtend', 'due', 'recurrence-id', 'exdate', 'completed'];

function componentFault(component: JcalComponent): string | undefined {
  const name = component[0].toUpperCase();
  for (const date of dates) {
    for (const property of allProperties(component, date)) {
      const wrong = property.slice(3).find(value => !parseTime(value, undefined, noZone));
      if (wrong !== undefined)
        return `${date.toUpperCase()} of a ${name} holds ${JSON.stringify(wrong)}, which is no date or time`;
    }
  }
  for (const property of allProperties(component, 'rdate')) {
    const wrong = property.slice(3).find(value => !parseTime(Array.isArray(value) ? value[0] : value, undefined, noZone));
    if (wrong !== undefined) return `RDATE of a ${name} holds ${JSON.stringify(wrong)}, which is no date, time or period`;
  }
  for (const property of ['dtstart', 'recurrence-id', 'uid']) {
    if (allProperties(component, property).length > 1) return `a ${name} has more than one ${property.toUpperCase()}`;
  }
  if ((component[0] === 'vevent' || component[0] === 'available') && !firstProperty(component, 'dtstart'))
    return `${component[0] === 'vevent' ? 'a VEVENT' : 'an AVAILABLE'} has no DTSTART`;
  const duration = firstProperty(component, 'duration');
  if (duration && !parseDuration(duration[3]))
    return `DURATION of a ${name} is ${JSON.stringify(duration[3])}, which is no duration`;
  return ruleFault(component, name) ?? alarmFault(component);
}

/** RFC 9074 §6.1: what is acknowledged is an instant. Taken for a local time, an alarm that was dismissed would go off again elsewhere. */
function alarmFault([, , inner]: JcalComponent): string | undefined {
  for (const alarm of inner.filter(([name]) => name === 'valarm')) {
    const value = firstProperty(alarm, 'acknowledged')?.[3];
    if (value !== undefined && !String(value).endsWith('Z'))
      return `ACKNOWLEDGED of a VALARM is ${JSON.stringify(value)}, which is not UTC`;
  }
  return undefined;
}

function ruleFault(component: JcalComponent, name: string): string | undefined {
  for (const rule of ['rrule', 'exrule']) {
    if (allProperties(component, rule).length > maxRules) return `a ${name} has more than ${maxRules} of ${rule.toUpperCase()}`;
  }
  for (const property of allProperties(component, 'rrule')) {
    try {
      parseRule(property[3]);
    } catch (error) {
      return `RRULE of a ${name} is not valid: ${(error as Error).message}`;
    }
  }
  return undefined;
}

const noZone: FindZone = () => undefined;
