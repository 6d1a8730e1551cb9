import {SaxesParser} from 'saxes';
import {UserError} from '../base/user-error.ts';

/** An element of accounts.xml and where it stands in the text: offsets in UTF-16 units, as in `String.prototype.slice`. */
export interface AccountsElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly AccountsElement[];
  /** Its own character data, without that of its children. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
  readonly start: number;
  /** Behind the start tag; the same as `end` for `<a/>`. */
  readonly contentStart: number;
  /** Before the end tag; the same as `end` for `<a/>`. */
  readonly contentEnd: number;
  readonly end: number;
}

type Open = {-readonly [K in keyof AccountsElement]: AccountsElement[K]} & {children: AccountsElement[]};

const maxDepth = 20;

/**
 * Parses accounts.xml into its root element. The reference to accounts.dtd that old files begin with is accepted and not followed; no
 * entity but XML's five is known. Throws UserError naming file and line where the text is not well-formed.
 */
export function parseAccounts(source: string, file: string): AccountsElement {
  const parser = new SaxesParser({position: true, xmlns: false});
  const open: Open[] = [];
  let root: AccountsElement | undefined;
  const stop = (what: string): never => {
    throw new UserError(
      `${file}, line ${parser.line}: ${what}.`,
      'Mend that line in a text editor; `caldav doctor` then checks the whole file.',
    );
  };
  parser.on('error', error => stop(error.message.replace(/^\d+:\d+:\s*/, '').replace(/\.$/, '')));
  parser.on('opentagstart', ({name}) => {
    if (open.length >= maxDepth) stop('elements are nested too deep for a file of accounts');
    const start = source.lastIndexOf('<', parser.position - 1);
    open.push({name, attributes: {}, children: [], text: '', line: parser.line, start, contentStart: 0, contentEnd: 0, end: 0});
  });
  parser.on('opentag', tag => {
    const element = open.at(-1)!;
    element.attributes = {...tag.attributes};
    element.contentStart = parser.position;
  });
  const addText = (text: string) => {
    const element = open.at(-1);
    if (element) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', tag => {
    const element = open.pop()!;
    element.end = parser.position;
    element.contentEnd = tag.isSelfClosing ? element.end : source.lastIndexOf('<', parser.position - 1);
    const parent = open.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
  });
  parser.write(source).close();
  return root ?? stop('there is no XML element in it');
}
