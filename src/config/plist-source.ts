import {SaxesParser} from 'saxes';
import type {PlistValue} from './key.ts';

/** A key of a plist and where it and its value stand in the text. */
export interface Entry {
  /** The names from the outermost dictionary inwards, joined by dots. */
  readonly key: string;
  /** From 1. */
  readonly line: number;
  /** The value's element, from its `<` to after its `>`. */
  readonly start: number;
  readonly end: number;
  /** Where `<key>` begins. */
  readonly keyStart: number;
  /** The value's element: `dict`, `string`, `true`, … */
  readonly element: string;
}

/** The text as read: its values, and where each of them stands. */
export interface PlistSource {
  readonly text: string;
  readonly value: {readonly [key: string]: PlistValue};
  /** In the order of the text; entries of dictionaries within an array are left out. */
  readonly entries: readonly Entry[];
  /** The outermost dictionary's element. */
  readonly root: {readonly start: number; readonly end: number};
}

/** The text is no property list; `message` says why, `line` (from 1) where. */
export class PlistError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.name = 'PlistError';
    this.line = line;
  }
}

/** Reads a property list in XML. Throws PlistError for what is no XML, no property list, or has no dictionary outermost. */
export function parsePlist(text: string): PlistSource {
  return {text, ...locate(text)};
}

interface Open {
  name: string;
  start: number;
  line: number;
  /** The dotted path of what is inside; undefined within an array. */
  path?: string;
  /** In a dictionary, the key whose value is awaited. */
  key?: {name: string; line: number; start: number};
  /** What an array or dictionary holds so far, the values of a dictionary with their keys. */
  readonly values: PlistValue[];
  readonly names: string[];
}

const elements = ['plist', 'dict', 'array', 'key', 'string', 'integer', 'real', 'true', 'false', 'date', 'data'];

function locate(text: string): Omit<PlistSource, 'text'> {
  const parser = new SaxesParser({xmlns: false, position: true});
  const open: Open[] = [];
  const entries: Entry[] = [];
  let root: {start: number; end: number} | undefined;
  let value: PlistSource['value'] = {};
  let characters = '';
  const fail = (message: string): never => {
    throw new PlistError(message, parser.line);
  };
  parser.on('error', error => fail(error.message.replace(/^\S*\d+:\d+: /, '')));
  parser.on('text', part => {
    characters += part;
  });
  parser.on('cdata', part => {
    characters += part;
  });
  parser.on('opentag', ({name}) => {
    const parent = open.at(-1);
    if (!elements.includes(name)) fail(`<${name}> is no element of a property list`);
    if ((name === 'plist') !== (parent === undefined)) fail('the outermost element must be <plist>, and only that');
    if (parent?.name === 'plist' && (name !== 'dict' || root)) fail('<plist> must hold one <dict>');
    if (parent && !['plist', 'dict', 'array'].includes(parent.name)) fail(`<${parent.name}> cannot hold <${name}>`);
    if (parent?.name !== 'dict' && name === 'key') fail('<key> stands outside of a <dict>');
    if (parent?.name === 'dict' && (name === 'key') === (parent.key !== undefined)) {
      fail(parent.key ? `the key ${parent.key.name} has no value` : `<${name}> stands where a <key> is due`);
    }
    let path: string | undefined;
    if (parent?.name === 'plist') path = '';
    else if (parent?.name === 'dict' && parent.path !== undefined && parent.key) path = within(parent.path, parent.key.name);
    const start = text.lastIndexOf('<', parser.position - 1);
    open.push({name, start, line: parser.line, ...(path !== undefined && {path}), values: [], names: []});
    characters = '';
  });
  parser.on('closetag', () => {
    const closed = open.pop()!;
    const parent = open.at(-1);
    const end = parser.position;
    if (closed.name === 'dict' && closed.key) fail(`the key ${closed.key.name} has no value`);
    if (closed.name === 'integer' && !/^\s*[+-]?\d{1,15}\s*$/.test(characters)) fail(`“${characters}” is no <integer>`);
    if (closed.name === 'key' && parent) {
      if (parent.path !== undefined && entries.some(({key}) => key === within(parent.path!, characters))) {
        fail(`the key ${characters} is there twice`);
      }
      parent.key = {name: characters, line: closed.line, start: closed.start};
    } else if (parent?.name === 'array') parent.values.push(valueFrom(closed, characters));
    else if (parent?.name === 'dict' && parent.key) {
      parent.names.push(parent.key.name);
      parent.values.push(valueFrom(closed, characters));
      const {name, line, start: keyStart} = parent.key;
      if (parent.path !== undefined) {
        entries.push({key: within(parent.path, name), line, start: closed.start, end, keyStart, element: closed.name});
      }
      delete parent.key;
    } else if (parent?.name === 'plist') {
      root = {start: closed.start, end};
      value = valueFrom(closed, '') as PlistSource['value'];
    }
    if (closed.name === 'plist' && !root) fail('there is no <dict> in it');
    characters = '';
  });
  parser.write(text).close();
  return {value, entries: entries.sort((a, b) => a.start - b.start), root: root!};
}

function valueFrom({name, values, names}: Open, characters: string): PlistValue {
  switch (name) {
    case 'dict':
      return Object.fromEntries(names.map((key, at) => [key, values[at]!]));
    case 'array':
      return values;
    case 'true':
    case 'false':
      return name === 'true';
    case 'integer':
    case 'real':
      return Number(characters);
    case 'date':
      return new Date(characters.trim());
    case 'data':
      return new Uint8Array(Buffer.from(characters, 'base64'));
    default:
      return characters;
  }
}

function within(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
