import {parseAccounts} from '../accounts/document.ts';
import {readAccounts} from '../accounts/load.ts';
import type {Principal} from '../accounts/principal.ts';
import type {ProxyAccess} from '../accounts/proxies.ts';
import {readRecords} from '../accounts/records.ts';
import type {CommandIo} from './command.ts';
import {type Accounts, columns, isAdmin, principalUrl} from './open-accounts.ts';
import {delegateName, listDelegates} from './with-proxies.ts';

/** Prints all there is to know of an account, room or thing. */
export async function showAccount(accounts: Accounts, account: Principal, io: CommandIo): Promise<0> {
  const {type, guid, uids, fullName, emails, addresses, calendars, ...principal} = account;
  const shown = {
    type,
    guid,
    names: uids,
    fullName,
    ...(principal.firstName === undefined ? {} : {firstName: principal.firstName}),
    ...(principal.lastName === undefined ? {} : {lastName: principal.lastName}),
    emails,
    addresses,
    groups: accounts.directory.groupsOf(guid).map(group => group.uids[0]!),
    admin: accounts.config.adminPrincipals.length > 0 && isAdmin(accounts, accounts.directory.findByGuid(guid)!),
    password: await passwordKind(accounts, guid),
    calendars,
    autoSchedule: principal.autoSchedule,
    ...ofBooked(accounts, account),
    ...(await delegations(accounts, guid, io)),
    principal: principalUrl({guid} as Principal),
    home: calendars ? `/calendars/__uids__/${encodeURIComponent(guid)}/` : undefined,
  };
  const rows = Object.entries(shown).flatMap(([key, value]) => {
    if (key === 'type') return [[labels.type!, type.slice(0, -1)]];
    const text = Array.isArray(value) ? value.join(', ') : typeof value === 'boolean' ? (value ? 'yes' : 'no') : value;
    return text ? [[labels[key] ?? key, String(text)]] : [];
  });
  io.out.result(shown, columns(rows));
  return 0;
}

const labels: Readonly<Record<string, string>> = {
  type: 'Kind',
  guid: 'GUID',
  names: 'Logs in as',
  fullName: 'Full name',
  firstName: 'First name',
  lastName: 'Last name',
  emails: 'E-mail',
  addresses: 'Other addresses',
  groups: 'In the groups',
  admin: 'Administrator',
  password: 'Password',
  calendars: 'Has calendars',
  autoSchedule: 'Answers invitations itself',
  autoScheduleMode: 'By the mode',
  autoAcceptGroup: 'Always for the group',
  capacity: 'Holds',
  floor: 'Floor',
  building: 'Building',
  streetAddress: 'Address',
  geographicLocation: 'Place',
  proxies: 'May be written by',
  readOnlyProxies: 'May be read by',
  proxyFor: 'May write for',
  readOnlyProxyFor: 'May read for',
  principal: 'Principal',
  home: 'Calendars',
};

/** What is known of rooms and things alone. */
function ofBooked({directory}: Accounts, {type, autoScheduleMode, autoAcceptGroup, place}: Principal) {
  if (type !== 'locations' && type !== 'resources') return {};
  const group = autoAcceptGroup === undefined ? {} : {autoAcceptGroup: directory.findByGuid(autoAcceptGroup)!.uids[0]!};
  return {autoScheduleMode, ...group, ...place};
}

/** Who acts for it, and for whom it acts; groups that it is in aside. */
async function delegations(accounts: Accounts, guid: string, io: CommandIo) {
  const all = await listDelegates(accounts, io);
  const names = (guids: readonly string[]) => [...new Set(guids)].map(each => delegateName(accounts, each));
  const of = (way: ProxyAccess) =>
    all.filter(({owner, access}) => owner === guid && access === way).map(({delegate}) => delegate);
  const on = (way: ProxyAccess) =>
    all.filter(({delegate, access}) => delegate === guid && access === way).map(({owner}) => owner);
  return {
    proxies: names(of('write')),
    readOnlyProxies: names(of('read')),
    proxyFor: names(on('write')),
    readOnlyProxyFor: names(on('read')),
  };
}

/** How the password is kept; never what it is. */
async function passwordKind({file}: Accounts, guid: string): Promise<string> {
  const {records} = readRecords(parseAccounts(await readAccounts(file), file));
  const record = records.find(one => one.guid === guid);
  const digest = record?.ha1.length ? 'for Digest' : '';
  const basic = record?.password ? (record.password.hashed ? 'hashed' : 'in plain text') : '';
  return [basic, digest].filter(Boolean).join(', and ') || 'none';
}
