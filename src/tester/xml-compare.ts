import {type Element, elements, isElement, text} from '../xml/element.ts';
import {parseXml, XmlError} from '../xml/parse.ts';

/**
 * An element in a form that is the same for the same content: white space between elements and prefixes do not count. Elements of
 * the names in `emptied` lose what they hold.
 */
export function canonical(element: Element, emptied: readonly string[] = []): string {
  const attributes = Object.entries(element.attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
    .join('');
  return `<${element.name}${attributes}>${emptied.includes(element.name) ? '' : contentOf(element, emptied)}</>`;
}

/** What an element holds, in that form. */
export function contentOf(element: Element, emptied: readonly string[] = []): string {
  if (elements(element).length === 0) return text(element).trim();
  return element.children.map(part => (isElement(part) ? canonical(part, emptied) : '')).join('');
}

/** A piece of XML, or text, as a script writes what a property holds, in the form of `contentOf`. */
export function writtenContent(written: string): string {
  if (!written.includes('<')) return written.trim();
  try {
    return contentOf(parseXml(`<written>${written.trim()}</written>`));
  } catch (error) {
    if (error instanceof XmlError) return written.trim();
    throw error;
  }
}
