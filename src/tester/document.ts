import {UserError} from '../base/user-error.ts';
import type {Element} from '../xml/element.ts';
import {parseXml, XmlError} from '../xml/parse.ts';

/**
 * Parses a file of the suite. Its document type declaration, which our parser refuses for good reason, names a DTD only and is left
 * out. Throws UserError where the text is not XML or has another root.
 */
export function parseDocument(source: string, file: string, root: string): Element {
  let found: Element;
  try {
    found = parseXml(source.replace(/<!DOCTYPE[^>[]*>/, ''));
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw new UserError(`${file} is not XML: ${error.message.replace(/\.$/, '')}.`, 'Mend it, or name another file.');
  }
  if (found.name !== `{}${root}`) {
    throw new UserError(`${file} is no ${root} file: its root is ${found.name.slice(2)}.`, 'Name another file.');
  }
  return found;
}
