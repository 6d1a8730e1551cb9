import {type AutoScheduleMode, findAutoScheduleMode} from './auto-schedule-mode.ts';
import type {AccountsElement} from './document.ts';
import type {AccountsFinding} from './finding.ts';
import {deriveGuid, normalGuid} from './guid.ts';
import {nameProblem} from './names.ts';
import {type PlaceDetails, readPlace} from './place.ts';
import type {PrincipalType} from './principal.ts';
import {recordTypes} from './vocabulary.ts';

/** A record as accounts.xml has it: repetition is carried out, members are still the names written. */
export interface AccountRecord {
  readonly type: PrincipalType;
  readonly line: number;
  /** Which of the records that one element stands for; undefined where it stands for one. */
  readonly repetition: number | undefined;
  readonly uids: readonly string[];
  readonly guid: string;
  /** Whether the file has no GUID for it, so that `guid` follows from the realm and the names. */
  readonly derived: boolean;
  readonly password: {readonly hashed: boolean; readonly value: string} | undefined;
  readonly ha1: readonly Ha1[];
  readonly fullName: string;
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  readonly emails: readonly string[];
  readonly addresses: readonly string[];
  readonly calendars: boolean;
  readonly autoScheduleMode: AutoScheduleMode;
  readonly autoAcceptGroup: Reference | undefined;
  readonly place: PlaceDetails | undefined;
  readonly members: readonly Reference[];
  readonly proxies: readonly Reference[];
  readonly readOnlyProxies: readonly Reference[];
}

export interface Ha1 {
  readonly algorithm: 'MD5' | 'SHA-256';
  /** The short name it was made for. */
  readonly uid: string;
  /** The realm it was made for; undefined: not said. */
  readonly realm: string | undefined;
  readonly value: string;
}

/** A record named by another. */
export interface Reference {
  readonly type: PrincipalType;
  readonly uid: string;
  readonly line: number;
}

const mostRepetitions = 100_000;

/** The records of a document whose root is `accounts`, in order, and what keeps one from being used. */
export function readRecords(root: AccountsElement): {realm: string; records: AccountRecord[]; findings: AccountsFinding[]} {
  const realm = root.attributes.realm ?? '';
  const records: AccountRecord[] = [];
  const findings: AccountsFinding[] = [];
  for (const element of root.children) {
    const type = Object.hasOwn(recordTypes, element.name) ? recordTypes[element.name] : undefined;
    if (!type) continue;
    const repeat = element.attributes.repeat?.trim();
    if (repeat !== undefined && (!/^\d{1,9}$/.test(repeat) || Number(repeat) > mostRepetitions)) {
      const fix = `Write a whole number up to ${mostRepetitions}.`;
      findings.push({level: 'error', line: element.line, message: `repeat="${repeat}" is not a number of records`, fix});
      continue;
    }
    const count =
      repeat === undefined || Number(repeat) === 0 ? [undefined] : Array.from({length: Number(repeat)}, (_, at) => at + 1);
    for (const repetition of count) {
      const record = readRecord(element, type, realm, repetition);
      const problem = recordProblem(record, element);
      if (problem) {
        findings.push(problem);
        break;
      }
      records.push(record);
    }
  }
  return {realm, records, findings};
}

function readRecord(element: AccountsElement, type: PrincipalType, realm: string, repetition: number | undefined): AccountRecord {
  const fill = (text: string) => (repetition === undefined ? text : format(text, repetition));
  const all = (name: string) => element.children.filter(child => child.name === name);
  const texts = (name: string) => all(name).map(child => fill(child.text.trim().normalize('NFC')));
  const text = (name: string) => texts(name)[0] || undefined;
  const references = (name: string): Reference[] =>
    (all(name)[0]?.children ?? [])
      .filter(child => child.name === 'member' && child.text.trim())
      .map(child => ({
        type: referenceType(child.attributes.type),
        uid: fill(child.text.trim().normalize('NFC')),
        line: child.line,
      }));
  const uids = [...new Set(texts('uid').filter(Boolean))];
  const guid = text('guid');
  const standard = all('auto-schedule').length > 0 ? 'automatic' : 'none';
  const mode = findAutoScheduleMode(text('auto-schedule-mode') ?? '') ?? standard;
  const group = text('auto-accept-group');
  const password = all('password')[0];
  const emails = [
    ...new Set(
      texts('email-address')
        .filter(Boolean)
        .map(email => email.toLowerCase()),
    ),
  ];
  return {
    type,
    line: element.line,
    repetition,
    uids,
    guid: guid ? normalGuid(guid) : deriveGuid(realm, type, uids),
    derived: guid === undefined,
    password: password && {
      hashed: password.attributes.hash !== undefined,
      value: password.attributes.hash === undefined ? fill(password.text) : password.text.trim(),
    },
    ha1: all('ha1').map(child => ({
      algorithm: child.attributes.algorithm === 'SHA-256' ? 'SHA-256' : 'MD5',
      uid: (child.attributes.uid ?? uids[0] ?? '').normalize('NFC'),
      realm: child.attributes.realm,
      value: child.text.trim().toLowerCase(),
    })),
    fullName: (text('name') ?? uids[0] ?? '').replace(/\s+/g, ' '),
    firstName: text('first-name'),
    lastName: text('last-name'),
    emails,
    addresses: [...new Set(texts('cuaddr').filter(Boolean))],
    calendars: type !== 'groups' && all('disable-calendar').length === 0,
    autoScheduleMode: isBooked(type) ? mode : 'none',
    autoAcceptGroup: group && isBooked(type) ? {type: 'groups', uid: group, line: all('auto-accept-group')[0]!.line} : undefined,
    place: isBooked(type) ? readPlace(text) : undefined,
    members: references('members'),
    proxies: references('proxies'),
    readOnlyProxies: references('read-only-proxies'),
  };
}

/** Whether it is invited to be used; people answer for themselves. */
function isBooked(type: PrincipalType): boolean {
  return type === 'locations' || type === 'resources';
}

function recordProblem({uids, guid}: AccountRecord, {name, line}: AccountsElement): AccountsFinding | undefined {
  const error = {level: 'error', line} as const;
  if (uids.length === 0) {
    return {...error, message: `a <${name}> has no <uid>`, fix: 'Give it a short name: <uid>ann</uid>.'};
  }
  for (const uid of uids) {
    const problem = nameProblem(uid);
    if (problem) return {...error, message: `the <uid> “${printable(uid)}” ${problem}`, fix: 'Choose another short name.'};
  }
  const problem = nameProblem(guid);
  if (problem) return {...error, message: `the <guid> “${printable(guid)}” ${problem}`, fix: 'A GUID should be a UUID.'};
  return undefined;
}

function referenceType(type: string | undefined): PrincipalType {
  return Object.values(recordTypes).find(known => known === type) ?? 'users';
}

function printable(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Python's `text % number`, as the 2009 server filled in repeated records: `user%02d`, `%s`, `%%`. Other signs stay as they are. */
function format(text: string, number: number): string {
  return text.replace(/%(?:%|(-)?(0)?(\d{1,3})?[dsiu])/g, (whole, left, zero, width) => {
    if (whole === '%%') return '%';
    const digits = String(number);
    if (left) return digits.padEnd(Number(width ?? 0));
    return digits.padStart(Number(width ?? 0), zero && !whole.endsWith('s') ? '0' : ' ');
  });
}
