import type ICAL from 'ical.js';

/** A property in jCal (RFC 7265 §3.4): name in lower case, parameters, value type, values. */
export type JcalProperty = [name: string, parameters: Record<string, string | string[]>, type: string, ...values: unknown[]];

/** A component in jCal (RFC 7265 §3.3): name in lower case, properties, components. */
export type JcalComponent = [name: string, properties: JcalProperty[], components: JcalComponent[]];

/** A Calendar, as far as this file knows of it. */
interface Whole {
  readonly component: ICAL.Component;
}

/** The VCALENDAR in jCal: what `calendar.component` wraps, so a change to one is a change to the other. */
export function jcalOf(calendar: Whole): JcalComponent {
  return calendar.component.jCal as JcalComponent;
}

/** The components of a VCALENDAR that are no VTIMEZONE. */
export function mainComponents(calendar: Whole): JcalComponent[] {
  return jcalOf(calendar)[2].filter(([name]) => name !== 'vtimezone');
}

/** A component, and those of its own within it that say when it is: the AVAILABLE of a VAVAILABILITY (RFC 7953 §3.1). */
export function timedParts(component: JcalComponent): JcalComponent[] {
  if (component[0] !== 'vavailability') return [component];
  return [component, ...component[2].filter(([name]) => name === 'available')];
}

/** The first property of that name. */
export function firstProperty(component: JcalComponent, name: string): JcalProperty | undefined {
  return component[1].find(property => property[0] === name);
}

/** All properties of that name. */
export function allProperties(component: JcalComponent, name: string): JcalProperty[] {
  return component[1].filter(property => property[0] === name);
}

/** The first value of the first property of that name, where it is text. */
export function textOf(component: JcalComponent, name: string): string | undefined {
  const value = firstProperty(component, name)?.[3];
  return typeof value === 'string' ? value : undefined;
}

/** A copy of its own, whatever depth it has: as structuredClone makes it of jCal, in a fifth of the time. */
export function cloned<T>(value: T): T {
  if (Array.isArray(value)) return value.map(cloned) as T;
  if (value === null || typeof value !== 'object') return value;
  const copy: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) copy[key] = cloned(each);
  return copy as T;
}
