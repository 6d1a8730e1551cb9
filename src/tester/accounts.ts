/** The records of one kind: `user01` and so on, each with the GUID that the scripts know it by. */
interface Series {
  readonly element: 'user' | 'group' | 'location' | 'resource';
  readonly name: string;
  readonly count: number;
  readonly guid: string;
  /** What stands in a record beside its names. */
  more?(number: number): string;
}

/** The groups that have members, by number. */
const members: Readonly<Record<number, readonly (readonly [type: string, uid: string])[]>> = {
  1: [['users', 'user01']],
  2: [
    ['users', 'user06'],
    ['users', 'user07'],
  ],
  3: [
    ['users', 'user08'],
    ['users', 'user09'],
  ],
  4: [
    ['groups', 'group02'],
    ['groups', 'group03'],
    ['users', 'user10'],
  ],
  5: [
    ['groups', 'group06'],
    ['users', 'user20'],
  ],
  6: [['users', 'user21']],
  7: [
    ['users', 'user22'],
    ['users', 'user23'],
    ['users', 'user24'],
  ],
};

const series: readonly Series[] = [
  {element: 'user', name: 'user', count: 101, guid: '10000000', more: number => password('user', number)},
  {element: 'user', name: 'public', count: 10, guid: '50000000', more: number => password('public', number)},
  {element: 'group', name: 'group', count: 100, guid: '20000000', more: number => list('members', members[number] ?? [])},
  {element: 'location', name: 'location', count: 100, guid: '30000000', more: () => '<auto-schedule/>'},
  {element: 'resource', name: 'resource', count: 100, guid: '40000000', more: resource},
];

/**
 * The accounts that scripts of the suite take for granted, as accounts.xml: the password of each is its name. For a conformance run
 * alone.
 */
export function conformanceAccounts(): string {
  const records = series.flatMap(({element, name, count, guid, more}) =>
    Array.from({length: count}, (_, at) => record(element, name, at + 1, guid, more?.(at + 1) ?? '')),
  );
  return `<accounts realm="Test Realm">
<user><uid>admin</uid><guid>0C8BDE62-E600-4696-83D3-8B5ECABDFD2E</guid><password>admin</password><name>Super User</name></user>
<user><uid>i18nuser</uid><guid>860B3EE9-6D7C-4296-9639-E6B998074A78</guid><password>i18nuser</password><name>まだ</name>
<email-address>i18nuser@example.com</email-address></user>
${records.join('\n')}
</accounts>
`;
}

function record(element: string, name: string, number: number, guid: string, more: string): string {
  const digits = padded(number);
  const title = name[0]!.toUpperCase() + name.slice(1);
  const own = `<uid>${name}${digits}</uid><guid>${guid}-0000-0000-0000-${String(number).padStart(12, '0')}</guid>`;
  const names = `<name>${title} ${digits}</name><first-name>${title}</first-name><last-name>${digits}</last-name>`;
  return `<${element}>${own}${more}${names}<email-address>${name}${digits}@example.com</email-address></${element}>`;
}

function password(name: string, number: number): string {
  return `<password>${name}${padded(number)}</password>`;
}

/** What is told apart by the scripts about modes; all others answer by themselves. */
const modes: Readonly<Record<number, string>> = {
  5: '<auto-schedule-mode>none</auto-schedule-mode>',
  6: '<auto-schedule-mode>accept-always</auto-schedule-mode>',
  7: '<auto-schedule-mode>decline-always</auto-schedule-mode>',
  8: '<auto-schedule-mode>accept-if-free</auto-schedule-mode>',
  9: '<auto-schedule-mode>decline-if-busy</auto-schedule-mode>',
  11: '<auto-schedule-mode>decline-always</auto-schedule-mode><auto-accept-group>group01</auto-accept-group>',
};

/** The first ten have proxies. */
function resource(number: number): string {
  const proxies =
    list('proxies', number <= 10 ? [['users', 'user01']] : []) +
    list('read-only-proxies', number <= 10 ? [['users', 'user03']] : []);
  return (modes[number] ?? '<auto-schedule/>') + proxies;
}

function list(element: string, of: readonly (readonly [type: string, uid: string])[]): string {
  if (of.length === 0) return '';
  return `<${element}>${of.map(([type, uid]) => `<member type="${type}">${uid}</member>`).join('')}</${element}>`;
}

const padded = (number: number) => String(number).padStart(2, '0');
