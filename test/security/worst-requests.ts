import {gzipSync} from 'node:zlib';
import {event} from '../support/events.ts';

/** A request that is meant to keep a server busy. */
export interface WorstRequest {
  readonly name: string;
  readonly method: string;
  /** Below the home of who asks. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Objects that lie in `calendar/` before it is sent, by name; the answer to their own PUT says nothing here. */
  readonly objects?: Readonly<Record<string, string>>;
  readonly answers: readonly number[];
}

const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({length: count}, (_, at) => make(at));
const D = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"';
const xml = {'content-type': 'application/xml; charset=utf-8'};
const ical = {'content-type': 'text/calendar; charset=utf-8'};
const put = (name: string, body: string | Uint8Array, answers: readonly number[], headers = {}): WorstRequest => ({
  name: `PUT: ${name}`,
  method: 'PUT',
  path: 'calendar/x.ics',
  headers: {...ical, ...headers},
  body,
  answers,
});
const inCalendar = (method: string, name: string, body: string, more: Partial<WorstRequest> = {}): WorstRequest => ({
  name: `${method}: ${name}`,
  method,
  path: 'calendar/',
  headers: {...xml, depth: '1'},
  body,
  answers: [207],
  ...more,
});
const report = (name: string, body: string, more: Partial<WorstRequest> = {}) => inCalendar('REPORT', name, body, more);
const query = (filters: string, more = '') =>
  `<C:calendar-query ${D}><prop><getetag/>${more}</prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">${filters}</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>`;

const attendees = event(
  'x',
  undefined,
  ...many(
    7000,
    at => `ATTENDEE;CN="Person ${at}";PARTSTAT=NEEDS-ACTION;RSVP=TRUE;ROLE=REQ-PARTICIPANT:mailto:person${at}@example.com`,
  ),
);
const properties = event(
  'x',
  undefined,
  ...many(12_000, at => `X-PROPERTY-${at}:${'some text, with commas; and more '.repeat(2)}`),
);
const dense = event('x', '20000101T000000Z', 'RRULE:FREQ=SECONDLY');
const overrides = event('x', '20000101T000000Z', 'RRULE:FREQ=HOURLY').replace(
  'END:VCALENDAR',
  `${many(3000, at => `BEGIN:VEVENT\r\nUID:x\r\nDTSTAMP:20260101T000000Z\r\nRECURRENCE-ID:${new Date(Date.UTC(2000, 0, 1, at)).toISOString().replace(/[-:]|\.\d+/g, '')}\r\nDTSTART:20200101T000000Z\r\nEND:VEVENT`).join('\r\n')}\r\nEND:VCALENDAR`,
);
const alarms = event(
  'x',
  '20000101T000000Z',
  'RRULE:FREQ=HOURLY',
  ...many(
    2000,
    at => `BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT${at}M\r\nREPEAT:1000000\r\nDURATION:PT1M\r\nEND:VALARM`,
  ),
);
const zone = (observances: number) =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTIMEZONE\r\nTZID:Mine\r\n${many(observances, at => `BEGIN:${at % 2 ? 'STANDARD' : 'DAYLIGHT'}\r\nDTSTART:${1600 + (at % 400)}0${1 + (at % 9)}01T000000\r\nRRULE:FREQ=DAILY\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0${at % 10}00\r\nEND:${at % 2 ? 'STANDARD' : 'DAYLIGHT'}\r\n`).join('')}END:VTIMEZONE\r\n`;
const inZone = (observances: number) =>
  `${zone(observances)}BEGIN:VEVENT\r\nUID:x\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Mine:20260101T000000\r\nRRULE:FREQ=HOURLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
const contents = (text: string) => `<C:text-match collation="i;unicode-casemap">${text}</C:text-match>`;
const stored = (body: string) => ({objects: {'x.ics': body}});
const centuries = 'start="10000101T000000Z" end="30000101T000000Z"';

/** What each costs is what `measure-stalls.ts` tells; that each is refused or answered, `work-limits.test.ts`. */
export const worstRequests: readonly WorstRequest[] = [
  put('5,000 parameters', event('x', undefined, `SUMMARY${many(5000, at => `;X-${at}="${'v'.repeat(20)}"`).join('')}:x`), [403]),
  put(
    '400 parameters on each of 100 lines',
    event('x', undefined, ...many(100, () => `X-A${many(400, at => `;X-${at}=v${at}`).join('')}:x`)),
    [201, 403],
  ),
  put('a line of 900 kB', event('x', undefined, `DESCRIPTION:${'a\\,b\\;'.repeat(150_000)}`), [201]),
  put('a line of 3 MB', event('x', undefined, `DESCRIPTION:${'a'.repeat(3_000_000)}`), [403]),
  put('a line of 900 kB, folded at each character', event('x', undefined, `DESCRIPTION:${'a\r\n '.repeat(220_000)}`), [201, 403]),
  put('a list of 200,000 values', event('x', undefined, `CATEGORIES:${'a,'.repeat(200_000)}b`), [201, 403]),
  put('a list of 60,000 dates', event('x', undefined, `EXDATE:${many(60_000, () => '20260101T000000Z').join(',')}`), [403]),
  put('7,000 attendees', attendees, [403]),
  put('12,000 properties', properties, [201, 403]),
  put('100,000 short lines', event('x', undefined, many(90_000, () => 'A:b').join('\r\n')), [201, 403]),
  put('components nested 5,000 deep', `BEGIN:VCALENDAR\r\n${'BEGIN:X\r\n'.repeat(5000)}`, [403]),
  put('50,000 components', event('x', undefined, many(40_000, () => 'BEGIN:X\r\nEND:X').join('\r\n')), [201, 403]),
  put('a rule of every second', dense, [201, 403]),
  put(
    'a rule of every second that never matches',
    event('x', undefined, 'RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30'),
    [201, 403],
  ),
  put(
    'a rule with all parts',
    event(
      'x',
      undefined,
      `RRULE:FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=${many(24, at => at)};BYMINUTE=${many(60, at => at)};BYSECOND=${many(60, at => at)};BYSETPOS=-1`,
    ),
    [201, 403],
  ),
  put('500 rules', event('x', undefined, ...many(500, at => `RRULE:FREQ=MINUTELY;INTERVAL=${at + 1}`)), [201, 403]),
  put('3,000 overrides', overrides, [201, 403]),
  put('2,000 alarms', alarms, [201, 403]),
  put('a time zone of 3,000 observances', inZone(3000), [201, 403]),
  put(
    'megabytes that are not UTF-8',
    Buffer.concat([Buffer.from('BEGIN:VCALENDAR\r\n'), Buffer.alloc(900_000, 'a\xff\r\n', 'latin1')]),
    [403],
  ),
  put('a gzip bomb', gzipSync(Buffer.alloc(100_000_000)), [413], {'content-encoding': 'gzip'}),
  put('jCal nested 100,000 deep', '['.repeat(100_000), [403], {'content-type': 'application/calendar+json'}),
  put('jCal of 300,000 numbers', `["vcalendar",[["x",{},"integer",${many(300_000, at => at)}]],[]]`, [403], {
    'content-type': 'application/calendar+json',
  }),
  put('an If header of 30 kB', event('x'), [412], {if: '(<a>)'.repeat(6000)}),
  put('an If header of 800 resources', event('x'), [412], {if: '</calendars/users/mallory/calendar/> (<a>)'.repeat(700)}),
  report(
    '100,000 hrefs',
    `<C:calendar-multiget ${D}><prop><getetag/></prop>${'<href>/a</href>'.repeat(100_000)}</C:calendar-multiget>`,
    {answers: [400]},
  ),
  report(
    '50,000 hrefs',
    `<C:calendar-multiget ${D}><prop><getetag/></prop>${'<href>/calendars/users/mallory/calendar/x.ics</href>'.repeat(50_000)}</C:calendar-multiget>`,
    stored(event('x')),
  ),
  report(
    '2,000 times the largest object',
    `<C:calendar-multiget ${D}><prop><C:calendar-data><C:expand ${centuries}/></C:calendar-data></prop>${'<href>/calendars/users/mallory/calendar/x.ics</href>'.repeat(10)}</C:calendar-multiget>`,
    stored(dense),
  ),
  report('expand over 2,000 years', query('', `<C:calendar-data><C:expand ${centuries}/></C:calendar-data>`), stored(dense)),
  report(
    'expand over a year of hours',
    query('', '<C:calendar-data><C:expand start="20200101T000000Z" end="20210101T000000Z"/></C:calendar-data>'),
    stored(event('x', '20000101T000000Z', 'RRULE:FREQ=HOURLY')),
  ),
  report(
    'expand 3,000 overrides over a year',
    query('', '<C:calendar-data><C:expand start="20200101T000000Z" end="20210101T000000Z"/></C:calendar-data>'),
    stored(overrides),
  ),
  report(
    'limit-recurrence-set',
    query('', `<C:calendar-data><C:limit-recurrence-set ${centuries}/></C:calendar-data>`),
    stored(overrides),
  ),
  report('a time-range far away', query('<C:time-range start="29000101T000000Z" end="29000102T000000Z"/>'), stored(dense)),
  report(
    'a time-range on alarms',
    query(`<C:comp-filter name="VALARM"><C:time-range start="29000101T000000Z" end="29000102T000000Z"/></C:comp-filter>`),
    stored(alarms),
  ),
  report(
    '90 text-matches on 12,000 properties',
    query(
      many(
        45,
        at => `<C:prop-filter name="X-PROPERTY-${at}">${contents(`${'some text '.repeat(20)}${at}`)}</C:prop-filter>`,
      ).join(''),
    ),
    stored(properties),
  ),
  report(
    '30 text-matches on 7,000 attendees',
    query(
      many(
        30,
        at =>
          `<C:prop-filter name="X-ATTENDEE" test="anyof"><C:param-filter name="CN">${contents(`erson ${at}x`)}</C:param-filter></C:prop-filter>`,
      ).join(''),
    ).replace('name="VEVENT"', 'name="VEVENT" test="anyof"'),
    stored(event('x', undefined, ...many(7000, at => `X-ATTENDEE;CN="Person ${at}":mailto:p${at}@example.com`))),
  ),
  report(
    'a long text-match in a long text',
    query(`<C:prop-filter name="DESCRIPTION">${contents(`${'a'.repeat(400_000)}b`)}</C:prop-filter>`),
    stored(event('x', undefined, `DESCRIPTION:${'a'.repeat(900_000)}`)),
  ),
  report(
    'a filter in a time zone of 3,000 observances',
    `<C:calendar-query ${D}><prop><getetag/></prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="20260101T000000Z" end="20260102T000000Z"/></C:comp-filter></C:comp-filter></C:filter><C:timezone>${zone(3000)}END:VCALENDAR\r\n</C:timezone></C:calendar-query>`,
    {...stored(event('x', '20260101')), answers: [207, 403]},
  ),
  report('free-busy of 2,000 years', `<C:free-busy-query ${D}><C:time-range ${centuries}/></C:free-busy-query>`, {
    ...stored(event('x', '20000101T000000Z', 'RRULE:FREQ=HOURLY')),
    answers: [200, 403, 507],
  }),
  report(
    'sync with a bad token',
    `<sync-collection ${D}><sync-token>data:,${'9'.repeat(100_000)}</sync-token><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>`,
    {answers: [403], headers: {...xml, depth: '0'}},
  ),
  report(
    'expand-property 50 deep',
    `<expand-property ${D}>${'<property name="current-user-principal"><property name="owner">'.repeat(20)}${'</property></property>'.repeat(20)}</expand-property>`,
    {answers: [207, 400, 403]},
  ),
  report(
    'expand-property, 4 broad and 8 deep',
    `<expand-property ${D}>${many(8, () => 0).reduce((inner: string) => `<property name="owner">${inner}</property><property name="current-user-principal">${inner}</property>`, '')}</expand-property>`,
    {answers: [207, 400, 403]},
  ),
  inCalendar(
    'PROPFIND',
    '50,000 properties',
    `<propfind ${D}><prop>${many(50_000, at => `<p${at}/>`).join('')}</prop></propfind>`,
    {...stored(event('x')), answers: [207, 400, 413]},
  ),
  inCalendar(
    'PROPFIND',
    '50,000 properties of 200 objects',
    `<propfind ${D}><prop>${many(50_000, at => `<p${at}/>`).join('')}</prop></propfind>`,
    {objects: Object.fromEntries(many(200, at => [`${at}.ics`, event(String(at))])), answers: [207, 400, 413]},
  ),
  inCalendar(
    'PROPFIND',
    '1,000 attributes on each of 4,000 elements',
    `<propfind ${D}><prop>${`<a ${many(900, at => `a${at}=""`).join(' ')}/>`.repeat(500)}</prop></propfind>`,
    {answers: [207, 400, 413]},
  ),
  inCalendar('PROPFIND', 'elements nested 100,000 deep', '<a xmlns="DAV:">'.repeat(100_000), {answers: [400]}),
  inCalendar('PROPFIND', '4 MB of references', `<propfind ${D}><prop><a>${'&amp;'.repeat(780_000)}</a></prop></propfind>`, {
    answers: [207, 400, 413],
  }),
  inCalendar(
    'PROPPATCH',
    'a value of 3 MB',
    `<propertyupdate ${D}><set><prop><x xmlns="urn:x">${'a'.repeat(3_000_000)}</x></prop></set></propertyupdate>`,
    {answers: [207, 413, 507]},
  ),
  inCalendar(
    'PROPPATCH',
    '50,000 properties',
    `<propertyupdate ${D}><set><prop>${many(50_000, at => `<p${at} xmlns="urn:x"/>`).join('')}</prop></set></propertyupdate>`,
    {answers: [400]},
  ),
  inCalendar(
    'PROPPATCH',
    'a time zone of 30,000 observances',
    `<propertyupdate ${D}><set><prop><C:calendar-timezone>${zone(20_000)}END:VCALENDAR\r\n</C:calendar-timezone></prop></set></propertyupdate>`,
    {answers: [207, 403]},
  ),
  inCalendar(
    'ACL',
    '10,000 entries',
    `<acl ${D}>${'<ace><principal><href>/principals/users/bob/</href></principal><grant><privilege><read/></privilege></grant></ace>'.repeat(10_000)}</acl>`,
    {answers: [400]},
  ),
  {
    name: 'GET: 4,000 ranges',
    method: 'GET',
    path: 'calendar/x.ics',
    headers: {range: `bytes=${many(4000, at => `${at}-${at}`)}`},
    answers: [200, 206, 416],
    ...stored(event('x')),
  },
  {
    name: 'GET: a calendar of one large object in one piece',
    method: 'GET',
    path: 'calendar/',
    answers: [200],
    ...stored(properties),
  },
  {
    name: 'GET: a large object as jCal',
    method: 'GET',
    path: 'calendar/x.ics',
    headers: {accept: 'application/calendar+json'},
    answers: [200, 406],
    ...stored(properties),
  },
];
