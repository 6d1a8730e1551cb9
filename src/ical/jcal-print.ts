import {type JcalComponent, type JcalProperty, jcalOf} from './jcal.ts';
import {isJcalValue} from './jcal-value.ts';
import type {Calendar} from './parse.ts';
import {printValue} from './print.ts';

/** Prints an iCalendar object as jCal (RFC 7265 §3). */
export function printJcal(calendar: Calendar): string {
  return printJcalComponent(jcalOf(calendar));
}

/** One component with all that is in it. */
export function printJcalComponent(component: JcalComponent): string {
  return JSON.stringify(printable(component));
}

function printable([name, properties, components]: JcalComponent): JcalComponent {
  return [name, properties.map(printableProperty), components.map(printable)];
}

/**
 * What ical.js holds is jCal already, but for encodings (§3.1), for values that were asked to be left out (RFC 4791 §9.6.4), and for those
 * that are not of their type: these stay as they are written (§5).
 */
function printableProperty(property: JcalProperty): JcalProperty {
  const [name, {encoding, ...parameters}, type, ...values] = property;
  if (values.length === 0) return [name, parameters, 'unknown', ''];
  if (type !== 'binary' && String(encoding).toUpperCase() === 'BASE64') return [name, parameters, type, ...values.map(decoded)];
  if (!values.every(value => isJcalValue(value, name, type))) return [name, parameters, 'unknown', printValue(property)];
  return [name, parameters, type, ...values];
}

function decoded(value: unknown): unknown {
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value;
}
