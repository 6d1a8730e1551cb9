import {describe, expect, test} from 'vitest';
import {type Element, elements, text} from '../../src/xml/element.ts';
import {caldav, dav, type Name} from '../../src/xml/names.ts';
import {parseXml} from '../../src/xml/parse.ts';
import {escapeText} from '../../src/xml/print.ts';
import {crlf} from '../ical/text.ts';
import type {Client} from '../support/client.ts';
import {guidOf, serve} from '../support/serve.ts';
import {serveAppendixB, work} from './reports/appendix-b.ts';
import {appendixB, usEastern} from './rfc4791.ts';

const home = '/calendars/users/bernard/';
const calendar = `${home}calendar/`;

/** An element as the RFC prints it. */
const asPrinted = (inner: string) =>
  elements(parseXml(`<x xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">${inner}</x>`))[0]!;

async function propertyOf(client: Client, path: string, name: Name): Promise<Element | undefined> {
  return (await client.propfind(path, 0, name)).responses.get(path)!.properties.get(name);
}

/** `CALDAV:calendar-data` of each resource that a calendar-query finds. */
async function query(client: Client, prop: string, filter: string): Promise<Record<string, string>> {
  const {status, responses} = await client.report(
    work,
    `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop>${prop}</D:prop>
<C:filter><C:comp-filter name="VCALENDAR">${filter}</C:comp-filter></C:filter></C:calendar-query>`,
  );
  expect(status).toBe(207);
  const data = ({properties}: {properties: ReadonlyMap<Name, Element>}) => text(properties.get(caldav('calendar-data'))!);
  return Object.fromEntries([...responses].map(([href, response]) => [href.slice(work.length), data(response)]));
}

const within = (start: string, end: string) =>
  `<C:comp-filter name="VEVENT"><C:time-range start="${start}" end="${end}"/></C:comp-filter>`;

/** An object of Appendix B without the lines that `left` says. */
const without = (name: string, left: RegExp) =>
  appendixB[name]!.split(/(?<=\n)/)
    .filter(line => !left.test(line))
    .join('');

describe('RFC 4791 §4.1 Calendar Object Resources', () => {
  const component = (lines: string) => `BEGIN:VEVENT\n${lines}\nEND:VEVENT\n`;
  const one = component(`UID:1@example.com
SUMMARY:One-off Meeting
DTSTAMP:20041210T183904Z
DTSTART:20041207T120000Z
DTEND:20041207T130000Z`);
  const weekly = component(`UID:2@example.com
SUMMARY:Weekly Meeting
DTSTAMP:20041210T183838Z
DTSTART:20041206T120000Z
DTEND:20041206T130000Z
RRULE:FREQ=WEEKLY`);
  const moved = component(`UID:2@example.com
SUMMARY:Weekly Meeting
RECURRENCE-ID:20041213T120000Z
DTSTAMP:20041210T183838Z
DTSTART:20041213T130000Z
DTEND:20041213T140000Z`);
  const object = (...components: string[]) =>
    crlf(`BEGIN:VCALENDAR\nPRODID:-//Example Corp.//CalDAV Client//EN\nVERSION:2.0\n${components.join('')}END:VCALENDAR\n`);

  test('example: two UIDs are two resources; an instance that was overridden lies with its series', async () => {
    const {bernard} = await serve({bernard: []});
    expect(await bernard.put(`${calendar}all.ics`, object(one, weekly, moved))).toMatchObject({
      status: 403,
      error: caldav('valid-calendar-object-resource'),
    });
    expect((await bernard.put(`${calendar}1.ics`, object(one))).status).toBe(201);
    expect((await bernard.put(`${calendar}2.ics`, object(weekly, moved))).status).toBe(201);
    expect(await bernard.put(`${calendar}3.ics`, object(moved))).toMatchObject({status: 403, error: caldav('no-uid-conflict')});
  });
});

describe('RFC 4791 §5.1.1 Example: Using OPTIONS for the Discovery of Calendar Access Support', () => {
  test('a home says 1, 2, access-control and calendar-access, and what methods it answers', async () => {
    const {bernard} = await serve({bernard: []});
    const {status, headers} = await bernard.request('OPTIONS', home);
    const list = (name: string) => headers.get(name)!.split(/,\s*/);
    expect([status, headers.get('content-length')]).toEqual([200, '0']);
    expect(list('dav')).toEqual(expect.arrayContaining(['1', '2', 'access-control', 'calendar-access']));
    expect(list('allow')).toEqual(
      expect.arrayContaining(['OPTIONS', 'GET', 'HEAD', 'POST', 'PROPFIND', 'PROPPATCH', 'LOCK', 'UNLOCK', 'REPORT']),
    );
  });
});

describe('RFC 4791 §5.2, the examples of its properties', () => {
  const zone = `<C:calendar-timezone>${escapeText(usEastern)}</C:calendar-timezone>`;

  test.each([
    ['§5.2.1', '<C:calendar-description xml:lang="fr-CA">Calendrier de Mathilde Desruisseaux</C:calendar-description>'],
    ['§5.2.2', zone],
    [
      '§5.2.3',
      '<C:supported-calendar-component-set><C:comp name="VEVENT"/><C:comp name="VTODO"/></C:supported-calendar-component-set>',
    ],
  ])('%s: as it was given when the calendar was made', async (_, given) => {
    const {bernard} = await serve({bernard: []});
    const body = parseXml(
      `<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>${given}</D:prop></D:set></C:mkcalendar>`,
    );
    expect((await bernard.request('MKCALENDAR', `${home}made/`, {body})).status).toBe(201);
    const expected = asPrinted(given);
    expect(await propertyOf(bernard, `${home}made/`, expected.name)).toEqual(expected);
  });

  test.each([
    ['§5.2.5', {MaxResourceSize: 102400}, '<C:max-resource-size>102400</C:max-resource-size>'],
    ['§5.2.6', {MinDateTime: '19000101T000000Z'}, '<C:min-date-time>19000101T000000Z</C:min-date-time>'],
    ['§5.2.7', {MaxDateTime: '20491231T235959Z'}, '<C:max-date-time>20491231T235959Z</C:max-date-time>'],
    ['§5.2.8', {MaxAllowedInstances: 100}, '<C:max-instances>100</C:max-instances>'],
    ['§5.2.9', {MaxAttendeesPerInstance: 25}, '<C:max-attendees-per-instance>25</C:max-attendees-per-instance>'],
  ])('%s: what the plist limits by %j', async (_, plist, given) => {
    const {bernard} = await serve({bernard: []}, {plist});
    const expected = asPrinted(given);
    expect(await propertyOf(bernard, calendar, expected.name)).toEqual(expected);
  });

  test('§5.2.4: text/calendar 2.0 is the first of the types', async () => {
    const {bernard} = await serve({bernard: []});
    const [first] = elements((await propertyOf(bernard, calendar, caldav('supported-calendar-data')))!);
    expect(first).toEqual(asPrinted('<C:calendar-data content-type="text/calendar" version="2.0"/>'));
  });
});

describe('RFC 4791 §6.2.1 CALDAV:calendar-home-set Property', () => {
  test('example: a DAV:href that leads to the home', async () => {
    const {bernard} = await serve({bernard: []});
    const set = await propertyOf(bernard, '/principals/users/bernard/', caldav('calendar-home-set'));
    expect(elements(set!, dav('href')).map(text)).toEqual([`/calendars/__uids__/${guidOf(1)}/`]);
    expect((await bernard.propfind(`/calendars/__uids__/${guidOf(1)}/`)).status).toBe(207);
  });
});

describe('RFC 4791 §7.5.1 CALDAV:supported-collation-set Property', () => {
  test('example: i;ascii-casemap and i;octet', async () => {
    const {bernard} = await serve({bernard: []});
    const set = await propertyOf(bernard, calendar, caldav('supported-collation-set'));
    expect(elements(set!).slice(0, 2)).toEqual(
      ['i;ascii-casemap', 'i;octet'].map(name => asPrinted(`<C:supported-collation>${name}</C:supported-collation>`)),
    );
  });
});

describe('RFC 4791 §7.8, the data that its examples answer', () => {
  test('§7.8.1: the properties that were named, of the whole series, and its time zone', async () => {
    const {bernard} = await serveAppendixB();
    const named = ['SUMMARY', 'UID', 'DTSTART', 'DTEND', 'DURATION', 'RRULE', 'RDATE', 'EXRULE', 'EXDATE', 'RECURRENCE-ID'];
    const prop = `<D:getetag/><C:calendar-data><C:comp name="VCALENDAR"><C:prop name="VERSION"/>
<C:comp name="VEVENT">${named.map(name => `<C:prop name="${name}"/>`).join('')}</C:comp><C:comp name="VTIMEZONE"/></C:comp></C:calendar-data>`;
    const left = /^(?:PRODID|DTSTAMP|ATTENDEE|LAST-MODIFIED:2006|ORGANIZER|SEQUENCE|STATUS|X-ABC-GUID)/;
    expect(await query(bernard, prop, within('20060104T000000Z', '20060105T000000Z'))).toEqual({
      'abcd2.ics': without('abcd2.ics', left),
      'abcd3.ics': without('abcd3.ics', left),
    });
  });

  test('§7.8.2: the series without the instance that lies elsewhere; the rest as it is', async () => {
    const {bernard} = await serveAppendixB();
    const prop = '<C:calendar-data><C:limit-recurrence-set start="20060103T000000Z" end="20060105T000000Z"/></C:calendar-data>';
    const found = await query(bernard, prop, within('20060103T000000Z', '20060105T000000Z'));
    expect(found).toEqual({
      'abcd2.ics': appendixB['abcd2.ics']!.replace(/BEGIN:VEVENT(?:(?!BEGIN:VEVENT)[\s\S])*bis bis[\s\S]*?END:VEVENT\r\n/, ''),
      'abcd3.ics': appendixB['abcd3.ics'],
    });
  });

  // The RFC prints these times without the Z that its §9.6.5 asks for.
  test('§7.8.3: each instance by itself, in UTC', async () => {
    const {bernard} = await serveAppendixB();
    const prop = '<C:calendar-data><C:expand start="20060103T000000Z" end="20060105T000000Z"/></C:calendar-data>';
    const found = await query(bernard, prop, within('20060103T000000Z', '20060105T000000Z'));
    const sorted = (data: string) => crlf(data).split('\r\n').sort();
    expect(sorted(found['abcd2.ics']!)).toEqual(
      sorted(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example Corp.//CalDAV Client//EN
BEGIN:VEVENT
DTSTAMP:20060206T001121Z
DTSTART:20060103T170000Z
DURATION:PT1H
RECURRENCE-ID:20060103T170000Z
SUMMARY:Event #2
UID:00959BC664CA650E933C892C@example.com
END:VEVENT
BEGIN:VEVENT
DTSTAMP:20060206T001121Z
DTSTART:20060104T190000Z
DURATION:PT1H
RECURRENCE-ID:20060104T170000Z
SUMMARY:Event #2 bis
UID:00959BC664CA650E933C892C@example.com
END:VEVENT
END:VCALENDAR
`),
    );
    const single = appendixB['abcd3.ics']!.replace(/BEGIN:VTIMEZONE[\s\S]*END:VTIMEZONE\r\n/, '');
    expect(found['abcd3.ics']).toBe(single.replace(/DTSTART;.*\r\n/, 'DTSTART:20060104T150000Z\r\n'));
    expect(Object.keys(found)).toHaveLength(2);
  });

  test('§7.8.4: of busy time that is stored, what the range meets', async () => {
    const {bernard} = await serveAppendixB();
    const prop = '<C:calendar-data><C:limit-freebusy-set start="20060102T000000Z" end="20060103T000000Z"/></C:calendar-data>';
    const filter = within('20060102T000000Z', '20060103T000000Z').replace('VEVENT', 'VFREEBUSY');
    expect(await query(bernard, prop, filter)).toEqual({
      // The name needs no quotes, and is printed without.
      'abcd8.ics': without('abcd8.ics', /^FREEBUSY(?!;FBTYPE=BUSY-TENTATIVE)/).replaceAll('"', ''),
    });
  });

  const whole = (...names: string[]) => Object.fromEntries(names.map(name => [name, appendixB[name]]));
  const textMatch = (value: string, attributes = '') => `<C:text-match ${attributes}>${value}</C:text-match>`;
  const lisa = textMatch('mailto:lisa@example.com', 'collation="i;ascii-casemap"');
  const partstat = `<C:param-filter name="PARTSTAT">${textMatch('NEEDS-ACTION', 'collation="i;ascii-casemap"')}</C:param-filter>`;

  test.each([
    [
      '§7.8.5: the to-do with an alarm in the range',
      '<C:comp-filter name="VTODO"><C:comp-filter name="VALARM"><C:time-range start="20060106T100000Z" end="20060107T100000Z"/></C:comp-filter></C:comp-filter>',
      ['abcd5.ics'],
    ],
    [
      '§7.8.6: the event with the UID',
      `<C:comp-filter name="VEVENT"><C:prop-filter name="UID">${textMatch('DC6C50A017428C5216A2F1CD@example.com', 'collation="i;octet"')}</C:prop-filter></C:comp-filter>`,
      ['abcd3.ics'],
    ],
    [
      '§7.8.7: the event that Lisa has not answered',
      `<C:comp-filter name="VEVENT"><C:prop-filter name="ATTENDEE">${lisa}${partstat}</C:prop-filter></C:comp-filter>`,
      ['abcd3.ics'],
    ],
    ['§7.8.8: all events', '<C:comp-filter name="VEVENT"/>', ['abcd1.ics', 'abcd2.ics', 'abcd3.ics']],
    [
      '§7.8.9: the to-dos that are neither done nor cancelled',
      `<C:comp-filter name="VTODO"><C:prop-filter name="COMPLETED"><C:is-not-defined/></C:prop-filter>
<C:prop-filter name="STATUS">${textMatch('CANCELLED', 'negate-condition="yes"')}</C:prop-filter></C:comp-filter>`,
      ['abcd4.ics', 'abcd5.ics'],
    ],
  ])('%s', async (_, filter, names) => {
    const {bernard} = await serveAppendixB();
    expect(await query(bernard, '<D:getetag/><C:calendar-data/>', filter)).toEqual(whole(...names));
  });
});
