import {SaxesParser} from 'saxes';
import {breathe} from '../base/breathe.ts';
import type {Element, Node} from './element.ts';
import type {Name} from './names.ts';

/** The text is not well-formed XML with namespaces, or goes beyond a limit; `message` says what and where. */
export class XmlError extends Error {
  /** Whether it was refused for its size or depth rather than its form. */
  readonly limit: boolean;

  constructor(message: string, limit = false) {
    super(message);
    this.name = 'XmlError';
    this.limit = limit;
  }
}

/** The document names something outside itself to be read in. */
export class ExternalEntity extends XmlError {}

const maxDepth = 100;
const mostElements = 200_000;
const maxAttributes = 1000;

/**
 * Parses a document (UTF-8, or UTF-16 with a byte order mark) into its root element. A document type declaration is refused, so
 * that no entity is ever expanded. All text is kept, white space too (RFC 4918 §4.3). Throws XmlError.
 */
export function parseXml(source: Uint8Array | string, maxElements = mostElements): Element {
  const parser = createParser(maxElements);
  parser.write(textOf(source));
  return parser.end();
}

const sliceLength = 16 * 1024;

/** The same for a long document: others have their turn in between. */
export async function parseXmlInSlices(source: Uint8Array | string, maxElements = mostElements): Promise<Element> {
  const parser = createParser(maxElements);
  const whole = textOf(source);
  for (let from = 0; from < whole.length; from += sliceLength) {
    await breathe();
    parser.write(whole.slice(from, from + sliceLength));
  }
  return parser.end();
}

/** Takes a document in pieces, cut anywhere. */
function createParser(maxElements: number): {write(piece: string): void; end(): Element} {
  const parser = new SaxesParser({xmlns: true, position: true});
  const open: {name: Name; attributes: Record<string, string>; children: Node[]}[] = [];
  let root: Element | undefined;
  let count = 0;
  const addText = (part: string) => open.at(-1)?.children.push(part);
  parser.on('error', error => {
    throw new XmlError(error.message);
  });
  parser.on('doctype', declared => {
    const Refusal = /\b(?:SYSTEM|PUBLIC)\b/.test(declared) ? ExternalEntity : XmlError;
    throw new Refusal('a document type declaration is not accepted', true);
  });
  let attributeCount = 0;
  parser.on('attribute', () => {
    if (++attributeCount > maxAttributes) throw new XmlError(`an element has more than ${maxAttributes} attributes`, true);
  });
  parser.on('opentag', tag => {
    attributeCount = 0;
    if (open.length >= maxDepth) throw new XmlError(`elements are nested deeper than ${maxDepth}`, true);
    if (++count > maxElements) throw new XmlError(`more than ${maxElements} elements`, true);
    const attributes: Record<string, string> = {};
    for (const {uri, local, prefix, value} of Object.values(tag.attributes)) {
      if (prefix === 'xmlns' || (prefix === '' && local === 'xmlns')) continue;
      attributes[uri ? `{${uri}}${local}` : local] = value;
    }
    open.push({name: `{${tag.uri}}${tag.local}`, attributes, children: []});
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = open.pop()!;
    const parent = open.at(-1);
    if (parent) parent.children.push(closed);
    else root = closed;
  });
  return {
    write: piece => void parser.write(piece),
    end() {
      parser.close();
      if (!root) throw new XmlError('there is no element');
      return root;
    },
  };
}

function textOf(source: Uint8Array | string): string {
  return typeof source === 'string' ? source : decode(source);
}

function decode(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, {fatal: true}).decode(bytes);
  } catch {
    throw new XmlError(`the text is not ${encoding.toUpperCase()}`);
  }
}
