import ICAL from 'ical.js';
import type {JcalComponent, JcalProperty} from './jcal.ts';
import {JcalError} from './jcal-error.ts';
import {parseJcalValue, requireText} from './jcal-value.ts';
import type {Calendar} from './parse.ts';

const maxDepth = 16;
const maxValues = 100_000;

/**
 * Parses one iCalendar object written as jCal (RFC 7265), strictly: what cannot be said in iCalendar again is refused. Throws JcalError.
 */
export function parseJcal(source: string): Calendar {
  let root: unknown;
  try {
    root = JSON.parse(source);
  } catch (error) {
    throw new JcalError(`it is no JSON: ${(error as Error).message}`);
  }
  const room = {left: maxValues};
  const component = parseComponent(root, 1, room);
  if (component[0] !== 'vcalendar') throw new JcalError(`it is a ${component[0]}, and no vcalendar`);
  return {component: new ICAL.Component(component)};
}

const nameForm = /^[a-z0-9-]+$/;

/** §3.3. */
function parseComponent(value: unknown, depth: number, room: {left: number}): JcalComponent {
  if (depth > maxDepth) throw new JcalError(`components are nested deeper than ${maxDepth}`);
  if (!Array.isArray(value) || value.length !== 3) throw new JcalError('a component is an array of three');
  const [name, properties, components] = value as unknown[];
  if (typeof name !== 'string' || !nameForm.test(name)) throw new JcalError('the name of a component is not in lower case');
  if (!Array.isArray(properties)) throw new JcalError(`the properties of a ${name} are no array`);
  if (!Array.isArray(components)) throw new JcalError(`the components of a ${name} are no array`);
  room.left -= properties.length + components.length;
  for (const property of properties) if (Array.isArray(property)) room.left -= property.length;
  if (room.left < 0) throw new JcalError(`there are more than ${maxValues} properties, values and components`);
  return [
    name,
    properties.map(property => parseProperty(property, name)),
    components.map(component => parseComponent(component, depth + 1, room)),
  ];
}

/** §3.4. */
function parseProperty(property: unknown, within: string): JcalProperty {
  if (!Array.isArray(property) || property.length < 4)
    throw new JcalError(`a property of a ${within} is no array of four or more`);
  const [name, parameters, type, ...values] = property as unknown[];
  if (typeof name !== 'string' || !nameForm.test(name)) {
    throw new JcalError(`the name of a property of a ${within} is not in lower case`);
  }
  if (name === 'begin' || name === 'end') throw new JcalError(`${name} is the name of no property`);
  const of = `${name} of a ${within}`;
  if (typeof type !== 'string' || !nameForm.test(type)) throw new JcalError(`the type of ${of} is not in lower case`);
  if (values.length > 1 && holdsOne(name)) throw new JcalError(`${of} has more than one value`);
  const {encoding, ...parsed} = parseParameters(parameters, of);
  // §3.1 and §4: what is not binary is never encoded.
  if (type !== 'binary' && encoding !== undefined && encoding !== '8BIT') throw new JcalError(`${of} is encoded, but no binary`);
  if (type === 'binary') parsed.encoding = 'BASE64';
  return [name, parsed, type, ...values.map(value => parseJcalValue(value, name, type, of))];
}

/** RFC 5545 §3.1.2: of what is not known it cannot be said. */
function holdsOne(name: string): boolean {
  const {property} = ICAL.design.icalendar as unknown as {property: Record<string, {multiValue?: string}>};
  return Object.hasOwn(property, name) && !property[name]!.multiValue;
}

/** §3.5. */
function parseParameters(parameters: unknown, of: string): JcalProperty[1] {
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) {
    throw new JcalError(`the parameters of ${of} are no object`);
  }
  const entries = Object.entries(parameters);
  if (entries.length > maxParameters) throw new JcalError(`${of} has more than ${maxParameters} parameters`);
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (!nameForm.test(name)) throw new JcalError(`the name of a parameter of ${of} is not in lower case`);
      // §3.5.1: the type stands in its own place.
      if (name === 'value') throw new JcalError(`value is no parameter of ${of} in jCal`);
      const values = Array.isArray(value) ? value : [value];
      if (values.length === 0) throw new JcalError(`the parameter ${name} of ${of} has no value`);
      const texts = values.map(each => requireText(each, `the parameter ${name} of ${of}`));
      return [name, texts.length === 1 ? texts[0]! : texts];
    }),
  );
}

const maxParameters = 500;
