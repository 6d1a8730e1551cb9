import {child, type Element, elements, isElement, text} from '../xml/element.ts';
import type {Name} from '../xml/names.ts';

/** An element and those it lies in, the root first. */
type Trail = readonly Element[];

/**
 * The elements at a path: `/{ns}root/{ns}child[=text]`, or without the slash from the root's children on; `..` goes up. Tests in
 * brackets: see `tests`. The children of an empty path are the root itself.
 */
export function findElements(root: Element, path: string): Element[] {
  const absolute = path.startsWith('/');
  const steps = stepsOf(absolute ? path.slice(1) : path);
  // A parent above the root makes the root a child like others.
  const above: Element = {name: '{}', attributes: {}, children: [root]};
  let found: Trail[] = [absolute ? [above] : [above, root]];
  for (const step of steps) found = found.flatMap(trail => walk(trail, step));
  return found.map(trail => trail.at(-1)!);
}

/** The steps between slashes; those within braces and brackets are part of names and texts. */
function stepsOf(path: string): string[] {
  return path.match(/(?:\{[^}]*\}|\[(?:\{[^}]*\}|[^\]])*\]|[^/])+/g) ?? [];
}

function walk(trail: Trail, step: string): Trail[] {
  if (step === '..') return trail.length > 1 ? [trail.slice(0, -1)] : [];
  const bracket = step.indexOf('[', step.indexOf('}') + 1);
  const name = bracket < 0 ? step : step.slice(0, bracket);
  const rows = bracket < 0 ? [] : testsOf(step.slice(bracket));
  return elements(trail.at(-1)!, name as Name)
    .filter(element => rows.every(test => holds(element, test)))
    .map(element => [...trail, element]);
}

function testsOf(brackets: string): string[] {
  return [...brackets.matchAll(/\[((?:\{[^}]*\}|[^\]])*)\]/g)].map(([, test]) => test!);
}

/** The tests on an element, by their first character. */
const tests: readonly {readonly sign: string; holds(element: Element, argument: string): boolean}[] = [
  {sign: '=', holds: (element, argument) => ownText(element) === argument},
  {sign: '!', holds: (element, argument) => ownText(element) !== argument},
  {sign: '*', holds: (element, argument) => ownText(element).includes(argument)},
  {sign: '$', holds: (element, argument) => ownText(element) !== '' && !ownText(element).includes(argument)},
  {sign: '+', holds: (element, argument) => ownText(element).startsWith(argument)},
  {sign: '^', holds: hasChild},
  {sign: '@', holds: hasAttribute},
  {sign: '|', holds: (element, argument) => isEmpty(element) === (argument !== '|')},
];

function holds(element: Element, test: string): boolean {
  if (test === 'json') return isJson(ownText(element));
  if (test === 'icalendar') return /^\s*BEGIN:VCALENDAR\r?\n.*END:VCALENDAR\s*$/s.test(ownText(element));
  const row = tests.find(({sign}) => test.startsWith(sign));
  return row?.holds(element, test.slice(1)) ?? false;
}

/** The text before the first child. */
function ownText({children}: Element): string {
  const end = children.findIndex(isElement);
  return children.slice(0, end < 0 ? undefined : end).join('');
}

function hasChild(element: Element, argument: string): boolean {
  const equals = argument.indexOf('=', argument.indexOf('}') + 1);
  if (equals < 0) return child(element, argument as Name) !== undefined;
  return elements(element, argument.slice(0, equals) as Name).some(one => text(one) === argument.slice(equals + 1));
}

function hasAttribute({attributes}: Element, argument: string): boolean {
  const equals = argument.indexOf('=', argument.indexOf('}') + 1);
  if (equals < 0) return argument in attributes;
  return attributes[argument.slice(0, equals)] === argument.slice(equals + 1).replace(/^"(.*)"$/, '$1');
}

function isEmpty(element: Element): boolean {
  return element.children.every(part => typeof part === 'string' && part.trim() === '');
}

function isJson(written: string): boolean {
  try {
    JSON.parse(written);
    return true;
  } catch {
    return false;
  }
}
