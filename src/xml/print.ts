import type {Element, Node} from './element.ts';
import {localOf, type Name, namespaceOf} from './names.ts';

/** Prefixes that an answer declares once, on its root; other namespaces are declared where they are used. */
const prefixes: Readonly<Record<string, string>> = {
  'DAV:': 'D',
  'urn:ietf:params:xml:ns:caldav': 'C',
  'urn:ietf:params:xml:ns:carddav': 'CR',
  'http://calendarserver.org/ns/': 'CS',
  'http://apple.com/ns/ical/': 'A',
};

/** The declarations of the well-known prefixes, for the root of a document that is printed in parts. */
export const declarations = Object.entries(prefixes)
  .map(([uri, prefix]) => ` xmlns:${prefix}="${uri}"`)
  .join('');

export const prolog = '<?xml version="1.0" encoding="utf-8"?>\n';

/** A whole document. */
export function printXml(root: Element): string {
  return prolog + printNode(root, declarations);
}

/** An element that can stand anywhere: each namespace is declared where it is used. For keeping. */
export function printAlone(element: Element): string {
  return print(element, {}, '');
}

/** A part of a document whose root carries `declarations` (or, with them given, the root itself). */
export function printNode(node: Node, declared = ''): string {
  return print(node, prefixes, declared);
}

/** Text as it stands between tags; characters that XML cannot hold become U+FFFD. */
export function escapeText(text: string): string {
  return /[<>&\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/.test(text) ? escapeAll(text) : text;
}

/** The same where it may also stand in an attribute, quotes and all. */
export function escapeXml(text: string): string {
  return /[<>&"\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/.test(text)
    ? escapeAll(text).replaceAll('"', '&quot;')
    : text;
}

function escapeAll(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[<>&\r]/g, character => entities[character]!);
}

const entities: Readonly<Record<string, string>> = {'<': '&lt;', '>': '&gt;', '&': '&amp;', '\r': '&#13;'};

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';

/** `known`: the prefixes in scope by namespace; what is missing is declared as the default namespace on the spot. */
function print(node: Node, known: Readonly<Record<string, string>>, declared: string): string {
  if (typeof node === 'string') return escapeText(node);
  if ('raw' in node) return node.raw;
  const [tag, own] = tagOf(node.name, known);
  let start = tag + declared + own;
  let number = 0;
  for (const [key, value] of Object.entries(node.attributes)) {
    const escaped = escapeXml(value).replace(/[\t\n]/g, character => `&#${character.charCodeAt(0)};`);
    if (!key.startsWith('{')) start += ` ${key}="${escaped}"`;
    else {
      const uri = namespaceOf(key as Name);
      const prefix = uri === xmlNamespace ? 'xml' : (known[uri] ?? `n${number++}`);
      if (prefix !== 'xml' && !known[uri]) start += ` xmlns:${prefix}="${escapeXml(uri)}"`;
      start += ` ${prefix}:${localOf(key as Name)}="${escaped}"`;
    }
  }
  if (node.children.length === 0) return `<${start}/>`;
  let inner = '';
  for (const part of node.children) inner += print(part, known, '');
  return `<${start}>${inner}</${tag}>`;
}

function tagOf(name: Name, known: Readonly<Record<string, string>>): [tag: string, declaration: string] {
  const uri = namespaceOf(name);
  const prefix = known[uri];
  return prefix ? [`${prefix}:${localOf(name)}`, ''] : [localOf(name), ` xmlns="${escapeXml(uri)}"`];
}
