import {allModeNames, modeNames} from './auto-schedule-mode.ts';
import {placeRows} from './place.ts';
import type {PrincipalType} from './principal.ts';

/** An element of accounts.xml: what it may hold. Text stands alone; an element with neither text nor children is empty. */
export interface ElementRow {
  readonly name: string;
  /** The elements it may hold, in any order. */
  readonly children?: readonly string[];
  readonly text?: boolean;
  /** What its text may be; undefined: anything. */
  readonly values?: readonly string[];
  /** What is wrong with a text; undefined: nothing. */
  readonly problem?: ((text: string) => string | undefined) | undefined;
  /** Attributes, and the values each may have; empty: any. */
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  /** Once in its parent at most. */
  readonly once?: boolean;
  readonly does: string;
}

/** What each sort of record is called in the file, and what it becomes. */
export const recordTypes: Readonly<Record<string, PrincipalType>> = {
  user: 'users',
  group: 'groups',
  location: 'locations',
  resource: 'resources',
};

const types = Object.values(recordTypes);
const inRecord = [
  'uid',
  'guid',
  'password',
  'ha1',
  'name',
  'first-name',
  'last-name',
  'email-address',
  'cuaddr',
  'members',
  'auto-schedule',
  'auto-schedule-mode',
  'auto-accept-group',
  ...placeRows.map(({element}) => element),
  'disable-calendar',
  'proxies',
  'read-only-proxies',
];
const record = {children: inRecord, attributes: {repeat: []}};

/** CalendarServer's vocabulary of 2009, with hashed passwords, HA1 values and what later ones know of rooms added. templates/accounts.dtd says the same. */
export const vocabulary: readonly ElementRow[] = [
  {
    name: 'accounts',
    children: Object.keys(recordTypes),
    attributes: {realm: []},
    does: 'the root; realm= is what log-in windows show',
  },
  {name: 'user', ...record, does: 'a person; repeat="N" makes N of them, %-formats in the texts counting from 1'},
  {name: 'group', ...record, does: 'several records under one name'},
  {name: 'location', ...record, does: 'a room'},
  {name: 'resource', ...record, does: 'a thing that is booked'},
  {name: 'uid', text: true, does: 'a short name to log in with, one or more; the first stands in URLs'},
  {name: 'guid', text: true, once: true, does: 'the name that never changes and names the folder; a UUID'},
  {
    name: 'password',
    text: true,
    once: true,
    attributes: {hash: ['argon2id']},
    does: 'hash="argon2id": the hash as a PHC string; without hash= the password itself, as in 2009',
  },
  {
    name: 'ha1',
    text: true,
    attributes: {algorithm: ['MD5', 'SHA-256'], uid: [], realm: []},
    does: 'the hash of name:realm:password that HTTP Digest needs; uid= where it is not the first',
  },
  {name: 'name', text: true, once: true, does: 'the full name'},
  {name: 'first-name', text: true, once: true, does: 'the given name'},
  {name: 'last-name', text: true, once: true, does: 'the family name'},
  {name: 'email-address', text: true, does: 'an e-mail address; also a calendar user address'},
  {name: 'cuaddr', text: true, does: 'a further calendar user address, a URI'},
  {name: 'members', children: ['member'], once: true, does: 'who is in a group'},
  {name: 'member', text: true, attributes: {type: types}, does: 'the short name of a record; type= where it is no user'},
  {name: 'auto-schedule', once: true, does: 'invitations are answered without asking: the mode automatic'},
  {
    name: 'auto-schedule-mode',
    text: true,
    values: allModeNames,
    once: true,
    does: `which invitations to a room or thing are answered without asking: ${modeNames.join(', ')}`,
  },
  {
    name: 'auto-accept-group',
    text: true,
    once: true,
    does: 'the short name of a group: what its members book is accepted where it is free, whatever the mode',
  },
  ...placeRows.map(({element, does, problem}) => ({name: element, text: true, once: true, does, problem})),
  {name: 'disable-calendar', once: true, does: 'has no calendars; groups never have'},
  {name: 'proxies', children: ['member'], once: true, does: 'who may read and write its calendars'},
  {name: 'read-only-proxies', children: ['member'], once: true, does: 'who may read its calendars'},
];

const rows = new Map(vocabulary.map(row => [row.name, row]));

export function findElement(name: string): ElementRow | undefined {
  return rows.get(name);
}

/** The table as a document type definition. A DTD cannot say "in any order, once at most": that is checked by the table alone. */
export function printDtd(): string {
  const head =
    '<!-- What accounts.xml may hold. In a record the elements stand in any order, at least one of them a uid. -->\n\n';
  return head + vocabulary.map(printElement).join('\n');
}

function printElement({name, children, text, attributes = {}, once, does}: ElementRow): string {
  const content = children ? `(${children.join(' | ')})*` : text ? '(#PCDATA)' : 'EMPTY';
  const lists = Object.entries(attributes).map(
    ([attribute, values]) =>
      `<!ATTLIST ${name} ${attribute} ${values.length > 0 ? `(${values.join(' | ')})` : 'CDATA'} #IMPLIED>\n`,
  );
  return `<!-- ${does}${once ? '; once at most' : ''} -->\n<!ELEMENT ${name} ${content}>\n${lists.join('')}`;
}
