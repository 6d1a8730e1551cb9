import {element, elements} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {parseXml, XmlError} from '../../xml/parse.ts';
import {printAlone} from '../../xml/print.ts';
import {DavError} from '../error.ts';
import {parsePath} from '../href.ts';
import type {Kind, Resource} from '../tables.ts';
import {type Ace, parseAce, printAce} from './ace.ts';

/** Where a resource's own entries are kept: the property element, the principals by their DAV:principal-URL. */
export const aclProperty = dav('acl');

/** The entries that were set on a resource itself, or those of its kind. The same list each time for the same text. */
export function storedAces({kind, stored}: Resource): readonly Ace[] {
  const printed = stored?.properties.get(aclProperty);
  return printed === undefined ? (kind.granted ?? none) : parseStored(printed);
}

/** What is to be kept of those that are set on a resource of this kind; undefined: nothing. */
export function printStored(aces: readonly Ace[], kind: Kind): string | undefined {
  return aces.length === 0 && !kind.granted ? undefined : printAlone(element(aclProperty, ...aces.map(printAce)));
}

const none: readonly Ace[] = [];
/** A large collection's lists, though each of its members had one of its own. */
const mostCharacters = 8_000_000;
const parsed = new Map<string, readonly Ace[]>();
let characters = 0;

/** XML is parsed once, however many resources have that list; what was parsed longest ago is let go of. */
function parseStored(printed: string): readonly Ace[] {
  let aces = parsed.get(printed);
  if (aces) return aces;
  aces = parseOrDeny(printed);
  parsed.set(printed, aces);
  characters += printed.length;
  for (const oldest of parsed.keys()) {
    if (characters <= mostCharacters) break;
    parsed.delete(oldest);
    characters -= oldest.length;
  }
  return aces;
}

/** Of a list that was damaged on disk nobody can say what it forbade. */
function parseOrDeny(printed: string): readonly Ace[] {
  try {
    return elements(parseXml(printed), dav('ace')).map(ace => parseAce(ace, guidOf));
  } catch (error) {
    if (!(error instanceof XmlError || error instanceof DavError)) throw error;
    return [{who: 'all', verb: 'deny', privileges: [dav('all')]}];
  }
}

const guidOf = (href: string) => parsePath(href)[2] ?? '';
