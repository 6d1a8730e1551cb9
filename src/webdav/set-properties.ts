import {type Element, element, elements} from '../xml/element.ts';
import {dav, type Name, xml} from '../xml/names.ts';
import {printAlone, printNode} from '../xml/print.ts';
import {DavError} from './error.ts';
import {cannotModifyProtectedProperty} from './preconditions.ts';
import {livePropertiesOf, printPropstat, statusLine, statusOf} from './propstat.ts';
import type {DavContext, LiveProperty, Resource} from './tables.ts';
import {maxNames} from './wanted.ts';

/** One instruction: the property to set, or to remove where `value` is undefined. */
export interface Instruction {
  readonly name: Name;
  readonly value: Element | undefined;
}

/** What instructions come to; the store takes `values` only where nothing was refused, and only then is `elsewhere` carried out. */
export interface PropertyChanges {
  readonly values: ReadonlyMap<Name, string | undefined>;
  /** What is kept elsewhere, by the rows that have `apply`. */
  readonly elsewhere: readonly (() => Promise<void>)[];
  readonly refused: ReadonlyMap<Name, DavError>;
  /** Every property named, in order. */
  readonly names: readonly Name[];
}

/** The instructions of a propertyupdate, mkcol or mkcalendar element in their order (RFC 4918 §9.2, RFC 5689 §5.1). Throws DavError 400. */
export function parseInstructions(body: Element): Instruction[] {
  const instructions = elements(body).flatMap(step => {
    if (step.name !== dav('set') && step.name !== dav('remove')) return [];
    return elements(step, dav('prop')).flatMap(prop => {
      const language = [prop, step, body].map(each => each.attributes[xml('lang')]).find(lang => lang !== undefined);
      return elements(prop).map(value => ({
        name: value.name,
        value: step.name === dav('set') ? inLanguage(value, language) : undefined,
      }));
    });
  });
  if (instructions.length > maxNames) throw new DavError(400, {message: `More than ${maxNames} properties are set.`});
  return instructions;
}

/** RFC 4918 §4.3: the language in scope where a property is set is part of its value. */
function inLanguage(value: Element, language: string | undefined): Element {
  if (language === undefined || value.attributes[xml('lang')] !== undefined) return value;
  return {...value, attributes: {...value.attributes, [xml('lang')]: language}};
}

/** Decides what instructions do to a resource; `creating`: it is just being made, so that what is protected later can be given. */
export function planProperties(
  instructions: readonly Instruction[],
  resource: Resource,
  context: DavContext,
  creating = false,
): PropertyChanges {
  const live = livePropertiesOf(resource.kind, context.protocol);
  const values = new Map<Name, string | undefined>();
  const elsewhere = new Map<Name, () => Promise<void>>();
  const refused = new Map<Name, DavError>();
  for (const {name, value} of instructions) {
    try {
      const row = live.get(name);
      const kept = keep(row, value, resource, context, creating);
      if (row?.apply) elsewhere.set(name, () => row.apply!(kept, {context, resource}));
      else values.set(row?.keptAs ?? name, kept && printAlone(kept));
    } catch (error) {
      if (!(error instanceof DavError)) throw error;
      refused.set(name, error);
    }
  }
  return {values, elsewhere: [...elsewhere.values()], refused, names: [...new Set(instructions.map(({name}) => name))]};
}

function keep(
  row: LiveProperty | undefined,
  value: Element | undefined,
  resource: Resource,
  context: DavContext,
  creating: boolean,
): Element | undefined {
  if (!resource.view && !row?.apply) throw new DavError(cannotModifyProtectedProperty);
  if (!row) return value;
  const set = (creating ? row.initial : undefined) ?? row.set;
  if (!set) throw new DavError(cannotModifyProtectedProperty);
  return set(value, {context, resource});
}

/** The propstats of the answer: all 200, or the refusals with 424 for those that they brought down (RFC 4918 §9.2.1). */
export function printChanges({names, refused}: PropertyChanges): string {
  // A response holds a propstat at least, though it be of nothing (RFC 4918 §14.24).
  const groups = new Map<string, string>(names.length === 0 ? [[statusLine(200), '']] : []);
  for (const name of names) {
    const refusal = refused.get(name);
    const status = refusal ? statusOf(refusal) : statusLine(refused.size > 0 ? 424 : 200);
    groups.set(status, (groups.get(status) ?? '') + printNode(element(name)));
  }
  return [...groups].map(([status, properties]) => printPropstat(properties, status)).join('');
}
