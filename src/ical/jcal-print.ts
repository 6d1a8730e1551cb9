import {type JcalComponent, type JcalProperty, jcalOf} from './jcal.ts';
import type {Calendar} from './parse.ts';

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

/** What ical.js holds is jCal already, but for encodings (§3.1) and for values that were asked to be left out (RFC 4791 §9.6.4). */
function printableProperty(property: JcalProperty): JcalProperty {
  const [name, {encoding, ...parameters}, type, ...values] = property;
  const decode = String(encoding).toUpperCase() === 'BASE64' && type !== 'binary';
  return [name, parameters, type, ...(values.length > 0 ? values.map(value => (decode ? decoded(value) : value)) : [''])];
}

function decoded(value: unknown): unknown {
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value;
}
