import {nearest} from '../base/nearest.ts';
import {UserError} from '../base/user-error.ts';
import {parseAccounts} from './document.ts';
import {duplicates} from './duplicates.ts';
import type {AccountsFinding} from './finding.ts';
import {loginNameProblem} from './names.ts';
import {isPasswordHash} from './password.ts';
import {type AccountRecord, type Reference, readRecords} from './records.ts';
import {validateAccounts} from './validate.ts';
import {weakness} from './weak.ts';

/** Everything in accounts.xml that a person should mend, in the order of the file. Throws nothing. */
export function checkAccounts(text: string, file: string): AccountsFinding[] {
  try {
    const root = parseAccounts(text, file);
    const valid = validateAccounts(root);
    if (valid.some(({level}) => level === 'error')) return valid;
    const {realm, records, findings} = readRecords(root);
    const all = [...valid, ...findings, ...duplicates(records), ...inRealm(realm), ...inRecords(records, realm)];
    return all.sort((a, b) => a.line - b.line);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [, line = '1', message = error.message] = /, line (\d+): (.*)\.$/s.exec(error.message) ?? [];
    return [{level: 'error', line: Number(line), message, fix: error.fix}];
  }
}

function* inRealm(realm: string): Generator<AccountsFinding> {
  if (realm.trim()) return;
  const fix = 'Write <accounts realm="…"> with the name that log-in windows should show.';
  yield {level: 'warning', line: 1, message: 'there is no realm', fix};
}

/** Of the records that one element makes, the first speaks for all. */
function* inRecords(records: readonly AccountRecord[], realm: string): Generator<AccountsFinding> {
  const names = new Map(records.flatMap(record => record.uids.map(uid => [`${record.type}/${uid}`, record] as const)));
  for (const record of records.filter(({repetition}) => repetition === undefined || repetition === 1)) {
    yield* inNames(record);
    yield* inPassword(record);
    yield* inHa1(record, realm);
    yield* inAddresses(record);
    yield* inReferences(record, names);
  }
  yield* sharedAddresses(records);
}

function* inNames(record: AccountRecord): Generator<AccountsFinding> {
  const [uid] = record.uids;
  for (const name of record.type === 'groups' ? [] : record.uids) {
    const problem = loginNameProblem(name);
    if (problem) yield warn(record, `the <uid> “${name}” ${problem}`, 'Choose another short name.');
  }
  if (record.derived) {
    const fix = `Write <guid>${record.guid}</guid> into it, which is what it has now.`;
    yield warn(record, `“${uid}” has no <guid>: another realm or short name would part it from its calendars`, fix);
  }
}

function* inPassword(record: AccountRecord): Generator<AccountsFinding> {
  const {password, ha1, type} = record;
  const [uid] = record.uids;
  const fix = type === 'users' ? `caldav user passwd ${uid}` : 'Remove the element, or put a hash in its place.';
  if (type === 'groups') {
    if (password) yield warn(record, `the group “${uid}” has a password, but a group cannot log in`, 'Remove the element.');
  } else if (!password) {
    if (type === 'users' && ha1.length === 0) yield warn(record, `“${uid}” has no password and cannot log in`, fix);
  } else if (password.hashed) {
    if (!isPasswordHash(password.value))
      yield warn(record, `the password hash of “${uid}” cannot be read, so it cannot log in`, fix);
  } else if (password.value === '') {
    yield warn(record, `“${uid}” has an empty password and cannot log in`, fix);
  } else {
    const weak = weakness(password.value, [...record.uids, record.fullName, ...record.emails]);
    yield warn(record, `the password of “${uid}” stands there in plain text${weak ? ` and ${weak}` : ''}`, fix);
  }
}

function* inHa1(record: AccountRecord, realm: string): Generator<AccountsFinding> {
  const fix = `caldav user passwd ${record.uids[0]} --digest`;
  for (const {algorithm, uid, realm: madeFor, value} of record.ha1) {
    const which = `the ${algorithm} <ha1> of “${uid}”`;
    if (!new RegExp(`^[0-9a-f]{${algorithm === 'MD5' ? 32 : 64}}$`).test(value)) yield warn(record, `${which} is not one`, fix);
    else if (madeFor !== undefined && madeFor !== realm) yield warn(record, `${which} was made for the realm “${madeFor}”`, fix);
    else if (!record.uids.includes(uid)) yield warn(record, `${which} is for a short name that the record does not have`, fix);
  }
}

function* inAddresses(record: AccountRecord): Generator<AccountsFinding> {
  for (const email of record.emails) {
    if (!/^[^\s@:/]+@[^\s@/]+$/.test(email))
      yield warn(record, `“${email}” is no e-mail address`, 'Write it as name@example.com.');
  }
  for (const address of record.addresses) {
    if (/^(?:[a-z][a-z0-9+.-]*:|\/)\S+$/i.test(address)) continue;
    yield warn(record, `the <cuaddr> “${address}” is no URI`, `Write mailto:${address} if it is an e-mail address.`);
  }
}

function* inReferences(record: AccountRecord, names: ReadonlyMap<string, AccountRecord>): Generator<AccountsFinding> {
  for (const {type, uid, line} of referencesOf(record)) {
    if (names.has(`${type}/${uid}`)) continue;
    const other = [...names.values()].find(candidate => candidate.uids.includes(uid));
    const near = nearest(
      uid,
      [...names.keys()].filter(name => name.startsWith(`${type}/`)).map(name => name.slice(type.length + 1)),
    );
    const fix = other ? `Write type="${other.type}".` : near ? `Is “${near}” meant?` : 'Remove it, or add the account.';
    const message = `“${record.uids[0]}” names “${uid}”, but there is no such record among the ${type}`;
    yield {level: 'warning', line, message, fix};
  }
}

function referencesOf({members, proxies, readOnlyProxies, autoAcceptGroup}: AccountRecord): Reference[] {
  return [...members, ...proxies, ...readOnlyProxies, ...(autoAcceptGroup ? [autoAcceptGroup] : [])];
}

function* sharedAddresses(records: readonly AccountRecord[]): Generator<AccountsFinding> {
  const owners = new Map<string, AccountRecord>();
  for (const record of records) {
    const addresses = new Set([
      ...record.emails,
      ...record.addresses.map(address => address.toLowerCase().replace(/^mailto:/, '')),
    ]);
    for (const address of addresses) {
      const other = owners.get(address);
      if (!other) owners.set(address, record);
      else if (other.line !== record.line || record.repetition === 2) {
        const message = `“${address}” is an address of both “${other.uids[0]}” (line ${other.line}) and “${record.uids[0]}”`;
        yield warn(record, message, `Invitations go to the first, and nobody can log in with it: leave it to one of them.`);
      }
    }
  }
}

function warn({line}: AccountRecord, message: string, fix: string): AccountsFinding {
  return {level: 'warning', line, message, fix};
}
