import {realpath, stat} from 'node:fs/promises';
import {dirname} from 'node:path';
import {withLockFile} from '../base/lock-file.ts';
import {replaceFile} from '../base/replace-file.ts';
import {UserError} from '../base/user-error.ts';
import {type AccountsElement, parseAccounts} from './document.ts';
import {parseDirectory, readAccounts} from './load.ts';
import type {PrincipalType} from './principal.ts';
import {readRecords} from './records.ts';
import {insertAfter, insertInto, layoutOf, type NewElement, remove, replace, type Splice, spliceAll} from './splice.ts';
import {validateAccounts} from './validate.ts';
import {findElement, recordTypes} from './vocabulary.ts';

/** A record named by its type and one of its short names. */
export interface RecordName {
  readonly type: PrincipalType;
  readonly uid: string;
}

/**
 * Edits accounts.xml under its lock: read, valid before, changed, valid after, put in place in one step with its mode and owner.
 * Resolves to whether anything changed. Throws UserError where the file is not valid or may not be written.
 */
export async function editAccounts(file: string, edit: (text: string) => string): Promise<boolean> {
  await requireOwner(file);
  const target = await realpath(file).catch(() => file);
  const work = async () => {
    const text = await readAccounts(file);
    requireValid(text, file);
    const changed = edit(text);
    if (changed === text) return false;
    requireValid(changed, file);
    await replaceFile(file, changed);
    return true;
  };
  return withLockFile(target, work).catch(error => Promise.reject(explain(error, target)));
}

/** What keeps a file from being written, said for people. */
function explain(error: unknown, file: string): unknown {
  const {code} = error as NodeJS.ErrnoException;
  const folder = dirname(file);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new UserError(`There is no space left to write ${file}.`, 'Make some, then try again.');
  if (code === 'EROFS')
    return new UserError(`The file system of ${folder} is read-only.`, 'Mount it for writing, then try again.');
  if (code !== 'EACCES' && code !== 'EPERM') return error;
  return new UserError(
    `This account may not write in ${folder}.`,
    'Run the command as the account that the server runs as, or as root.',
  );
}

/** Throws UserError for the first thing in which the text departs from the vocabulary, or that keeps it from being used. */
export function requireValid(text: string, file: string): void {
  const [wrong] = validateAccounts(parseAccounts(text, file));
  if (wrong) throw new UserError(`${file}, line ${wrong.line}: ${wrong.message}. Nothing was changed.`, wrong.fix);
  parseDirectory(text, file);
}

/** The text with a record more, behind the last of its sort. */
export function addRecord(text: string, file: string, type: PrincipalType, children: readonly NewElement[]): string {
  const root = parseAccounts(text, file);
  const layout = layoutOf(text, root);
  const name = elementName(type);
  const element = {name, children: [...children].sort((a, b) => rank(name, a.name) - rank(name, b.name))};
  const last = root.children.findLast(child => child.name === name);
  return spliceAll(text, [last ? insertAfter(text, last, element, layout) : insertInto(text, root, element, layout, true)]);
}

/** The text without a record, and without the places where others name it as a member or proxy. */
export function removeRecord(text: string, file: string, name: RecordName): string {
  const root = parseAccounts(text, file);
  const record = requireRecord(root, file, name);
  const uids = uidsOf(record);
  const references = root.children
    .filter(other => other !== record)
    .flatMap(other => other.children.flatMap(list => [list, ...list.children]))
    .filter(member => isReference(member, name.type, uids));
  return spliceAll(
    text,
    [record, ...references].map(element => remove(text, element)),
  );
}

/** The text with a record having exactly these elements of that name; those it has already stay where they are. */
export function setElements(
  text: string,
  file: string,
  name: RecordName,
  element: string,
  wanted: readonly NewElement[],
): string {
  const root = parseAccounts(text, file);
  const layout = layoutOf(text, root);
  const record = requireRecord(root, file, name);
  const there = record.children.filter(child => child.name === element);
  const missing = wanted.filter(one => !there.some(child => isSame(child, one)));
  const surplus = there.filter(child => !wanted.some(one => isSame(child, one)));
  const edits: Splice[] = surplus.map((old, at) => {
    const put = missing[at];
    return put ? replace(text, old, put, layout) : remove(text, old);
  });
  const changed = spliceAll(text, edits);
  return missing.slice(surplus.length).reduce((before, one) => insertChild(before, file, name, one), changed);
}

/** How a record is named by another; `uid` alone where it is a user. */
export function memberElement({type, uid}: RecordName): NewElement {
  return {name: 'member', attributes: type === 'users' ? {} : {type}, text: uid};
}

/** The text with a member more in a group's list (`members`, `proxies` or `read-only-proxies`); as it was where it is one already. */
export function addReference(text: string, file: string, name: RecordName, list: string, member: RecordName): string {
  const root = parseAccounts(text, file);
  const layout = layoutOf(text, root);
  const there = requireRecord(root, file, name).children.find(child => child.name === list);
  const element = memberElement(member);
  if (!there) return insertChild(text, file, name, {name: list, children: [element]});
  if (there.children.some(child => isReference(child, member.type, [member.uid]))) return text;
  const last = there.children.at(-1);
  return spliceAll(text, [last ? insertAfter(text, last, element, layout) : insertInto(text, there, element, layout)]);
}

/** The text without a member of a group's list, by any of its short names; as it was where it is none. */
export function removeReference(
  text: string,
  file: string,
  name: RecordName,
  list: string,
  type: PrincipalType,
  uids: readonly string[],
): string {
  const record = requireRecord(parseAccounts(text, file), file, name);
  const members = record.children.filter(child => child.name === list).flatMap(child => child.children);
  return spliceAll(
    text,
    members.filter(member => isReference(member, type, uids)).map(member => remove(text, member)),
  );
}

function insertChild(text: string, file: string, name: RecordName, element: NewElement): string {
  const root = parseAccounts(text, file);
  const layout = layoutOf(text, root);
  const record = requireRecord(root, file, name);
  const before = record.children.findLast(child => rank(record.name, child.name) <= rank(record.name, element.name));
  return spliceAll(text, [before ? insertAfter(text, before, element, layout) : insertInto(text, record, element, layout)]);
}

function requireRecord(root: AccountsElement, file: string, {type, uid}: RecordName): AccountsElement {
  const name = elementName(type);
  const records = root.children.filter(child => child.name === name);
  const found = records.find(record => record.attributes.repeat === undefined && uidsOf(record).includes(uid.normalize('NFC')));
  if (found) return found;
  const made = readRecords(root).records.some(record => record.type === type && record.uids.includes(uid.normalize('NFC')));
  if (!made) throw new UserError(`There is no ${name} “${uid}” in ${file}.`, `caldav ${name} list shows them.`);
  throw new UserError(
    `“${uid}” is one of several accounts that one <${name} repeat="…"> of ${file} makes, so it cannot be changed alone.`,
    'Change that element in a text editor, or write the accounts out one by one.',
  );
}

function elementName(type: PrincipalType): string {
  return Object.keys(recordTypes).find(name => recordTypes[name] === type)!;
}

function uidsOf(record: AccountsElement): string[] {
  return record.children.filter(child => child.name === 'uid').map(child => child.text.trim().normalize('NFC'));
}

function isReference(member: AccountsElement, type: PrincipalType, uids: readonly string[]): boolean {
  const named = member.name === 'auto-accept-group' ? 'groups' : member.name === 'member' && (member.attributes.type ?? 'users');
  if (named !== type) return false;
  return uids.some(uid => uid.normalize('NFC') === member.text.trim().normalize('NFC'));
}

function isSame(there: AccountsElement, wanted: NewElement): boolean {
  const attributes = wanted.attributes ?? {};
  const names = new Set([...Object.keys(there.attributes), ...Object.keys(attributes)]);
  return there.text === (wanted.text ?? '') && [...names].every(name => there.attributes[name] === attributes[name]);
}

function rank(parent: string, child: string): number {
  return findElement(parent)!.children!.indexOf(child);
}

/** Whoever is not root cannot give a file back to its owner, and a server that may not read its accounts any more is no use. */
async function requireOwner(file: string): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  const uid = process.geteuid?.();
  if (!there || uid === undefined || uid === 0 || there.uid === uid) return;
  throw new UserError(
    `${file} belongs to another account (user id ${there.uid}).`,
    'Run the command as that account, or as root.',
  );
}
