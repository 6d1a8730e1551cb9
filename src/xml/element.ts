import type {Name} from './names.ts';

/** An XML element. Attributes are keyed by Clark name, or by the bare local name where they are in no namespace. */
export interface Element {
  readonly name: Name;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
}

/** XML already printed, complete with its namespace declarations: it goes out as it is. */
export interface Raw {
  readonly raw: string;
}

/** What an element holds: elements, text (escaped when printed) and XML already printed. */
export type Node = Element | Raw | string;

/** Makes an element without attributes; undefined children are left out. */
export function element(name: Name, ...children: (Node | undefined)[]): Element {
  return {name, attributes: {}, children: children.filter(child => child !== undefined)};
}

/** Whether a node is an element. */
export function isElement(node: Node): node is Element {
  return typeof node === 'object' && 'name' in node;
}

/** The element children, or those of one name. */
export function elements(parent: Element, name?: Name): Element[] {
  return parent.children.filter((node): node is Element => isElement(node) && (name === undefined || node.name === name));
}

/** The first child of that name, or undefined. */
export function child(parent: Element, name: Name): Element | undefined {
  return parent.children.find((node): node is Element => isElement(node) && node.name === name);
}

/** All text within an element, its descendants' included. */
export function text(node: Element): string {
  return node.children.map(part => (typeof part === 'string' ? part : isElement(part) ? text(part) : '')).join('');
}
