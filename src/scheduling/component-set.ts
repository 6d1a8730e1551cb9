import type {StoredResource} from '../store/store.ts';
import {type Element, element, elements} from '../xml/element.ts';
import {caldav} from '../xml/names.ts';
import {parseXml} from '../xml/parse.ts';

/** The types of component a calendar takes that was made without a word about them: those that programs are used to. */
export const usualComponents: readonly string[] = ['VEVENT', 'VTODO', 'VJOURNAL'];

/** All types that this server keeps, each in a calendar object of its own (RFC 4791 §4.1, RFC 7953 §7.2.1). */
export const supportedComponents: readonly string[] = [...usualComponents, 'VAVAILABILITY'];

/** CALDAV:supported-calendar-component-set (RFC 4791 §5.2.3). */
export function componentSet(components: readonly string[]): Element {
  const comps = components.map(name => ({name: caldav('comp'), attributes: {name}, children: []}));
  return element(caldav('supported-calendar-component-set'), ...comps);
}

/** The types that a CALDAV:supported-calendar-component-set names, in upper case and its order. */
export function componentsIn(set: Element): string[] {
  return elements(set, caldav('comp')).map(comp => (comp.attributes.name ?? '').toUpperCase());
}

/** The types of component that a calendar takes (RFC 4791 §5.2.3). */
export function componentsOf(calendar: StoredResource): readonly string[] {
  const printed = calendar.properties.get(caldav('supported-calendar-component-set'));
  if (printed === undefined) return usualComponents;
  const known = componentSets.get(printed);
  if (known) return known;
  const components = componentsIn(parseXml(printed));
  if (componentSets.size > 1000) componentSets.clear();
  componentSets.set(printed, components);
  return components;
}

/** Few values come up again and again, on every PUT. */
const componentSets = new Map<string, readonly string[]>();
