import type {AccountsElement} from './document.ts';
import {findElement} from './vocabulary.ts';

/** An element to be written. */
export interface NewElement {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly children?: readonly NewElement[];
}

/** An edit of a text: what stands between two offsets is replaced. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Makes all edits at once; they must not overlap. */
export function spliceAll(source: string, splices: readonly Splice[]): string {
  const later = [...splices].sort((a, b) => b.start - a.start || b.end - a.end);
  return later.reduce((text, {start, end, text: put}) => text.slice(0, start) + put + text.slice(end), source);
}

/** An element as text; its children stand on lines of their own, `indent` before its own end tag. */
export function printElement(
  {name, attributes = {}, text = '', children}: NewElement,
  indent: string,
  unit: string,
  newline: string,
): string {
  const list = Object.entries(attributes).map(([attribute, value]) => ` ${attribute}="${escapeXml(value)}"`);
  const tag = `<${name}${list.join('')}`;
  if (children?.length) {
    const lines = children.map(child => `${indent}${unit}${printElement(child, indent + unit, unit, newline)}${newline}`);
    return `${tag}>${newline}${lines.join('')}${indent}</${name}>`;
  }
  return findElement(name)?.text ? `${tag}>${escapeXml(text)}</${name}>` : `${tag}/>`;
}

/** How the file is laid out, taken from what is in it. */
export interface Layout {
  readonly newline: string;
  /** By how much a child stands further in than its parent. */
  readonly unit: string;
}

/** Two spaces further in where nothing tells. */
export function layoutOf(source: string, root: AccountsElement): Layout {
  const newline = /\r\n|\n/.exec(source)?.[0] ?? '\n';
  const first = root.children.find(child => indentOf(source, child) !== undefined);
  const unit = first && indentOf(source, first)!.slice((indentOf(source, root) ?? '').length);
  return {newline, unit: unit || '  '};
}

/** The white space before an element; undefined where it is not the first on its line. */
export function indentOf(source: string, {start}: AccountsElement): string | undefined {
  const line = source.slice(source.lastIndexOf('\n', start - 1) + 1, start);
  return /^[ \t]*$/.test(line) ? line : undefined;
}

/** Behind an element and the comments that follow it on its line, where only those do; otherwise behind the element. */
function lineEnd(source: string, {end}: AccountsElement): number {
  const rest = /^(?:[ \t]|<!--(?:(?!--)[^\n])*-->)*(?=\r?\n|$)/.exec(source.slice(end, end + 10_000));
  return end + (rest?.[0].trimEnd().length ?? 0);
}

/** Inserts an element behind a sibling, on a line of its own where the sibling has one. */
export function insertAfter(source: string, sibling: AccountsElement, element: NewElement, {newline, unit}: Layout): Splice {
  const indent = indentOf(source, sibling);
  if (indent === undefined) return at(sibling.end, printElement(element, '', '', ''));
  return at(lineEnd(source, sibling), newline + indent + printElement(element, indent, unit, newline));
}

/** Inserts an element as the first of its parent, or (`last`) as the last. */
export function insertInto(source: string, parent: AccountsElement, element: NewElement, layout: Layout, last = false): Splice {
  const {newline, unit} = layout;
  const outer = indentOf(source, parent) ?? '';
  const indent = outer + unit;
  const line = indent + printElement(element, indent, unit, newline);
  if (parent.contentEnd === parent.end) {
    const tag = source.slice(parent.start, parent.end).replace(/\s*\/>$/, '>');
    return {start: parent.start, end: parent.end, text: `${tag}${newline}${line}${newline}${outer}</${parent.name}>`};
  }
  if (!last && parent.children.length > 0) return at(parent.contentStart, newline + line);
  const before = source.slice(parent.contentStart, parent.contentEnd);
  const closing = /\n[ \t]*$/.exec(before);
  if (!closing) return at(parent.contentEnd, `${newline}${line}${newline}${outer}`);
  return at(parent.contentStart + closing.index + 1, line + newline);
}

/** Removes an element, and its line where nothing else is on it. */
export function remove(source: string, element: AccountsElement): Splice {
  const rest = /^[ \t]*\r?\n/.exec(source.slice(element.end, element.end + 1000));
  const indent = indentOf(source, element);
  if (indent === undefined || !rest) return {start: element.start, end: element.end, text: ''};
  return {start: element.start - indent.length, end: element.end + rest[0].length, text: ''};
}

/** Replaces an element by another, keeping the comments inside it. */
export function replace(source: string, old: AccountsElement, element: NewElement, layout: Layout): Splice {
  const comments = source.slice(old.contentStart, old.contentEnd).match(/<!--[\s\S]*?-->/g) ?? [];
  const printed = printElement(element, indentOf(source, old) ?? '', layout.unit, layout.newline);
  const close = `</${element.name}>`;
  const text = comments.length > 0 ? `${printed.slice(0, -close.length)}${comments.join('')}${close}` : printed;
  return {start: old.start, end: old.end, text};
}

/** XML 1.0 §2.4, for text and for attributes in double quotes. */
function escapeXml(text: string): string {
  const signs: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    '\t': '&#9;',
    '\n': '&#10;',
    '\r': '&#13;',
  };
  return text.replace(/[&<>"\t\n\r]/g, sign => signs[sign]!);
}

function at(offset: number, text: string): Splice {
  return {start: offset, end: offset, text};
}
