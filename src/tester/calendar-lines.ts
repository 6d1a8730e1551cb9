import type {JcalComponent, JcalProperty} from '../ical/jcal.ts';

/** What a property's value is as text, several of them with commas; a rule as its parts in order. */
export function valueText(property: JcalProperty): string {
  return property
    .slice(3)
    .map(value => (typeof value === 'object' ? stable(value) : String(value)))
    .join(',');
}

/** A property in a form that is the same for the same content, on one line. */
function propertyLine([name, parameters, type, ...values]: JcalProperty): string {
  const written = Object.entries(parameters)
    .map(([key, value]) => `;${key.toUpperCase()}=${[value].flat().sort().join(',')}`)
    .sort()
    .join('');
  return `${name.toUpperCase()}${written}:${valueText([name, parameters, type, ...values])}${type === 'date' ? ' (DATE)' : ''}`;
}

/** A component in such a form: its lines and those of its components, in an order that the content gives. */
export function componentLines([name, properties, components]: JcalComponent): string[] {
  const inner = components.map(component => componentLines(component)).sort((a, b) => (a.join('\n') < b.join('\n') ? -1 : 1));
  return [`BEGIN:${name.toUpperCase()}`, ...properties.map(propertyLine).sort(), ...inner.flat(), `END:${name.toUpperCase()}`];
}

/** JSON with the members of objects in the order of their names. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
