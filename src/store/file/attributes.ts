import {deflateSync, inflateSync} from 'node:zlib';
import {isElement} from '../../xml/element.ts';
import {dav, type Name} from '../../xml/names.ts';
import {parseXml} from '../../xml/parse.ts';
import {printAlone} from '../../xml/print.ts';
import {attributeOf, isHashed, isOurs, propertyOf} from './attribute-names.ts';
import {requireNativeAttributes} from './native-attributes.ts';

/** What a file or folder keeps beside its bytes. */
export interface Kept {
  readonly resourceId: string | undefined;
  /** Of a collection: what DAV:resourcetype holds beside DAV:collection. */
  readonly types: readonly Name[];
  readonly properties: ReadonlyMap<Name, string>;
}

/** The texts by the property each is kept under, most needed first. */
export type Texts = ReadonlyMap<Name, string>;

const resourceId = dav('resource-id');
const resourceType = dav('resourcetype');
const urn = 'urn:uuid:';
/** From this size on a value is deflated: ext4 has about 4 KiB for all attributes of a file together. */
const deflateFromBytes = 512;

/** What is kept, as texts. The id is a bare URN: with it alone the attributes of a file fit into an ext4 inode of 256 bytes. */
export function textsOf(kept: Kept): Texts {
  const texts = new Map<Name, string>();
  if (kept.resourceId) texts.set(resourceId, urn + kept.resourceId);
  if (kept.types.length > 0) {
    const children = [dav('collection'), ...kept.types].map(name => ({name, attributes: {}, children: []}));
    texts.set(resourceType, printAlone({name: resourceType, attributes: {}, children}));
  }
  const bySize = [...kept.properties].sort(([, a], [, b]) => a.length - b.length);
  for (const [name, text] of bySize) if (!texts.has(name)) texts.set(name, text);
  return texts;
}

/** The reverse of `textsOf`. */
export function keptFrom(texts: Texts): Kept {
  const properties = new Map(texts);
  properties.delete(resourceId);
  properties.delete(resourceType);
  const id = texts.get(resourceId);
  return {
    resourceId: id?.startsWith(urn) ? id.slice(urn.length) : undefined,
    types: typesFrom(texts.get(resourceType)),
    properties,
  };
}

function typesFrom(text: string | undefined): Name[] {
  if (text === undefined) return [];
  try {
    const children = parseXml(text).children.filter(isElement);
    return children.map(({name}) => name).filter(name => name !== dav('collection'));
  } catch {
    return [];
  }
}

/**
 * Sets the texts as the extended attributes of a file or folder and removes those of ours that are not among them.
 * Answers the texts that found no room.
 */
export function writeAttributes(file: string, texts: Texts, {fresh = false} = {}): Texts {
  const {getAttributeSync, listAttributesSync, removeAttributeSync, setAttributeSync} = requireNativeAttributes();
  const wanted = new Map([...texts].map(([name, text]) => [attributeOf(name), {name, text}]));
  const present = new Set(fresh ? [] : listAttributesSync(file).filter(isOurs));
  for (const attribute of present) if (!wanted.has(attribute)) removeAttributeSync(file, attribute);
  const left = new Map<Name, string>();
  for (const [attribute, {name, text}] of wanted) {
    const value = packedValue(attribute, name, text);
    if (present.has(attribute) && getAttributeSync(file, attribute).equals(value)) continue;
    try {
      setAttributeSync(file, attribute, value);
    } catch (error) {
      if (!isLackOfRoom(error)) throw error;
      if (present.has(attribute)) removeAttributeSync(file, attribute);
      left.set(name, text);
    }
  }
  return left;
}

/**
 * The texts as extended attributes, for a place that is not on this disk: at most `mostBytes` together, and the texts that found
 * no room.
 */
export function packAttributes(texts: Texts, mostBytes: number): {attributes: Map<string, Uint8Array>; left: Texts} {
  const attributes = new Map<string, Uint8Array>();
  const left = new Map<Name, string>();
  let bytes = 0;
  for (const [name, text] of texts) {
    const attribute = attributeOf(name);
    const value = packedValue(attribute, name, text);
    const size = Buffer.byteLength(attribute) + value.length + perAttributeBytes;
    if (bytes + size > mostBytes) left.set(name, text);
    else {
      attributes.set(attribute, value);
      bytes += size;
    }
  }
  return {attributes, left};
}

/** What a file system adds to the name and the value of each. */
const perAttributeBytes = 24;

/** The reverse of `packAttributes`; attributes that are not ours are passed over. */
export function unpackAttributes(attributes: ReadonlyMap<string, Uint8Array>): Texts {
  const texts = new Map<Name, string>();
  for (const [attribute, value] of attributes) {
    const entry = isOurs(attribute) ? entryFrom(attribute, Buffer.from(value)) : undefined;
    if (entry) texts.set(...entry);
  }
  return texts;
}

/** The texts in the extended attributes of a file or folder. */
export function readAttributes(file: string): Texts {
  const {getAttributeSync, listAttributesSync} = requireNativeAttributes();
  const texts = new Map<Name, string>();
  for (const attribute of listAttributesSync(file).filter(isOurs)) {
    const entry = entryFrom(attribute, getAttributeSync(file, attribute));
    if (entry) texts.set(...entry);
  }
  return texts;
}

function packedValue(attribute: string, name: Name, text: string): Buffer {
  const plain = Buffer.from(isHashed(attribute) ? `${name}\0${text}` : text);
  return plain.length < deflateFromBytes ? plain : deflateSync(plain, {level: 9});
}

function entryFrom(attribute: string, value: Buffer): [Name, string] | undefined {
  const plain = inflated(value).toString();
  const property = propertyOf(attribute);
  if (property) return [property, plain];
  const end = plain.indexOf('\0');
  return isHashed(attribute) && end > 0 ? [plain.slice(0, end) as Name, plain.slice(end + 1)] : undefined;
}

/** XML starts with `<`, a name with `{`, an id with `u`; a zlib stream with 0x78, `x`. */
function inflated(value: Buffer): Buffer {
  if (value[0] !== 0x78) return value;
  try {
    return inflateSync(value);
  } catch {
    return value;
  }
}

/** ENOSPC and EDQUOT: the space of this file's attributes, E2BIG and ERANGE: one value, ENOTSUP: there are none here. */
export function isLackOfRoom(error: unknown): boolean {
  const {code, errno} = error as {code?: string; errno?: number};
  return ['ENOSPC', 'E2BIG', 'ERANGE', 'ENOTSUP'].includes(code ?? '') || errno === 122 || errno === 69;
}
