import {describe, expect, test} from 'vitest';
import {argsOf} from '../../src/tester/verifier.ts';
import {verifiers} from '../../src/tester/verifiers.ts';
import {testInfo} from './info.ts';

interface Given {
  readonly status?: number;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly uri?: string;
}

/** What a verifier says of an answer. */
function check(name: string, args: Readonly<Record<string, readonly string[]>>, given: Given = {}): string | undefined {
  const {status = 200, headers = [], body = '', files = {}, uri = '/c/'} = given;
  return verifiers
    .find(row => row.name === name)!
    .check({
      answer: {
        status,
        headers,
        header: wanted => headers.filter(([one]) => one.toLowerCase() === wanted.toLowerCase()).map(([, value]) => value),
        body: Buffer.from(body),
        text: body,
      },
      uri,
      args: argsOf(new Map(Object.entries(args)), text => text),
      info: testInfo(),
      read: file => Buffer.from(files[file]!),
    });
}

const multistatus = (inner: string) =>
  `<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">${inner}</D:multistatus>`;
const response = (href: string, inner = '<D:propstat><D:prop/><D:status>HTTP/1.1 200 OK</D:status></D:propstat>') =>
  `<D:response><D:href>${href}</D:href>${inner}</D:response>`;
const gone = '<D:status>HTTP/1.1 404 Not Found</D:status>';
const event = (summary: string) =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:${summary}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;

describe('statusCode, exists, doesNotExist', () => {
  test.each([
    ['statusCode', {}, 204, true],
    ['statusCode', {}, 301, false],
    ['statusCode', {status: ['403']}, 403, true],
    ['statusCode', {status: ['4xx']}, 412, true],
    ['statusCode', {status: ['404', '403']}, 403, true],
    ['statusCode', {status: ['403']}, 404, false],
    ['exists', {}, 200, true],
    ['exists', {}, 404, false],
    ['doesNotExist', {}, 404, true],
    ['doesNotExist', {}, 200, false],
  ])('%s %j of %i: %s', (name, args, status, right) => {
    expect(check(name, args as Record<string, string[]>, {status}) === undefined).toBe(right);
  });
});

describe('header', () => {
  const headers = [
    ['ETag', '"1"'],
    ['DAV', '1, 3'],
    ['DAV', 'calendar-access'],
    ['Location', 'http://h/a%20b'],
  ] as const;
  test.each([
    ['ETag', true],
    ['Missing', false],
    ['!Missing', true],
    ['!ETag', false],
    ['ETag$"1"', true],
    ['ETag$"2"', false],
    ['ETag!"1"', false],
    ['ETag!"2"', true],
    ['DAV', false],
    ['*DAV', true],
    ['*DAV$.*calendar-access', true],
    ['*DAV$.*addressbook', false],
    ['Location$http://h/a b', true],
  ])('%s: %s', (written, right) => {
    expect(check('header', {header: [written]}, {headers}) === undefined).toBe(right);
  });
});

describe('multistatusItems', () => {
  const body = multistatus(response('/c/') + response('/c/a%20b.ics') + response('/c/2.ics', gone));
  test.each([
    [{okhrefs: ['', 'a b.ics'], badhrefs: ['2.ics']}, true],
    [{okhrefs: ['[-,a b.ics]'], badhrefs: ['2.ics']}, true],
    [{okhrefs: ['a b.ics'], badhrefs: ['2.ics']}, false],
    [{okhrefs: ['a b.ics'], ignoremissing: []}, true],
    [{okhrefs: ['-', 'a b.ics']}, false],
    [{okhrefs: ['-', 'a b.ics'], '404': ['2.ics']}, true],
    [{okhrefs: ['-', 'a b.ics'], '403': ['2.ics']}, false],
    [{okhrefs: ['/c/', '/c/a b.ics'], badhrefs: ['/c/2.ics'], prefix: ['']}, true],
    [{okhrefs: ['/c/', '/c/a b.ics'], badhrefs: ['/c/2.ics'], prefix: ['-']}, true],
    [{count: ['1']}, true],
    [{count: ['0+1']}, true],
    [{count: ['2']}, false],
    [{totalcount: ['2']}, true],
    [{nohrefs: ['3.ics']}, true],
    [{nohrefs: ['2.ics']}, false],
    [{}, false],
  ])('%j: %s', (args, right) => {
    expect(check('multistatusItems', args as Record<string, string[]>, {status: 207, body}) === undefined).toBe(right);
  });

  test('without arguments nothing may be in it, and any other status is wrong', () => {
    expect(check('multistatusItems', {}, {status: 207, body: multistatus('')})).toBeUndefined();
    expect(check('multistatusItems', {}, {status: 200, body: multistatus('')})).toContain('200');
  });
});

describe('propfindItems and propfindValues', () => {
  const body = multistatus(
    `${response('/c/', '<D:propstat><D:prop><D:displayname/></D:prop><D:status>HTTP/1.1 404 x</D:status></D:propstat>')}
${response('/c/1', '<D:propstat><D:prop><D:displayname>name</D:displayname><D:getetag/><D:resourcetype>\n<C:calendar/> <D:collection/></D:resourcetype></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>')}`,
  );
  const one = {only: ['/c/1/']};
  test.each([
    ['propfindItems', {okprops: ['{DAV:}displayname']}, false],
    ['propfindItems', {okprops: ['{DAV:}displayname'], ignore: ['/c']}, true],
    ['propfindItems', {...one, okprops: ['{DAV:}displayname$name', '{DAV:}getetag$']}, true],
    ['propfindItems', {...one, okprops: ['{DAV:}displayname$']}, true],
    ['propfindItems', {...one, okprops: ['{DAV:}displayname$other']}, false],
    ['propfindItems', {...one, okprops: ['{DAV:}displayname!other']}, true],
    ['propfindItems', {...one, okprops: ['{DAV:}displayname!name']}, false],
    [
      'propfindItems',
      {...one, okprops: ['{DAV:}resourcetype$<calendar xmlns="urn:ietf:params:xml:ns:caldav"/><collection xmlns="DAV:"/>']},
      true,
    ],
    ['propfindItems', {...one, okprops: ['{DAV:}resourcetype$<collection xmlns="DAV:"/>']}, false],
    ['propfindItems', {only: ['/c/'], badprops: ['{DAV:}displayname']}, true],
    ['propfindItems', {...one, badprops: ['{DAV:}displayname']}, false],
    ['propfindItems', {count: ['2']}, true],
    ['propfindItems', {count: ['1']}, false],
    ['propfindItems', {'root-element': ['{DAV:}other']}, false],
    ['propfindValues', {...one, props: ['{DAV:}displayname$na']}, true],
    ['propfindValues', {...one, props: ['{DAV:}displayname$ame']}, false],
    ['propfindValues', {...one, props: ['{DAV:}displayname!.*x']}, true],
    ['propfindValues', {...one, props: ['{DAV:}resourcetype$.*calendar']}, true],
    ['propfindValues', {...one, props: ['{DAV:}missing$x']}, false],
  ])('%s %j: %s', (name, args, right) => {
    expect(check(name, args as Record<string, string[]>, {status: 207, body}) === undefined).toBe(right);
  });
});

describe('prepostcondition', () => {
  const body = '<D:error xmlns:D="DAV:"><D:a/><D:b/></D:error>';
  test.each([
    [{error: ['{DAV:}a', '{DAV:}b']}, 403, true],
    [{error: ['{DAV:}a']}, 403, false],
    [{error: ['{DAV:}a'], ignoreextras: []}, 409, true],
    [{error: ['{DAV:}a', '{DAV:}c'], ignoreextras: []}, 403, false],
    [{error: ['{DAV:}a', '{DAV:}b']}, 400, false],
    [{error: ['{DAV:}a', '{DAV:}b'], status: ['412']}, 412, true],
  ])('%j with %i: %s', (args, status, right) => {
    expect(check('prepostcondition', args as Record<string, string[]>, {status, body}) === undefined).toBe(right);
  });
});

describe('data', () => {
  const files = {
    'a.ics': event('a').replace('PRODID:x', 'PRODID:y'),
    'a.json': '["vcalendar",[["version",{},"text","2.0"]],[["vevent",[["summary",{},"text","a"],["uid",{},"text","1"]],[]]]]',
    'a.vcf': 'BEGIN:VCARD\r\nFN:A\r\nN:A;;;;\r\nEND:VCARD\r\n',
    'a.txt': 'one\ntwo\n',
    'a.xml': '<a xmlns="x:"><b>1</b><c/></a>',
  };
  const match = (name: string, filepath: string, body: string, args = {}) =>
    check(name, {filepath: [filepath], ...args}, {body, files}) === undefined;

  test('calendarDataMatch', () => {
    expect(match('calendarDataMatch', 'a.ics', event('a'))).toBe(true);
    expect(match('calendarDataMatch', 'a.ics', event('b'))).toBe(false);
    expect(match('calendarDataMatch', 'a.ics', event('b'), {filter: ['SUMMARY']})).toBe(true);
    expect(match('calendarDataMatch', 'a.ics', event('b'), {filter: ['SUMMARY=b']})).toBe(false);
    expect(match('calendarDataMatch', 'a.ics', event('a'), {filter: ['!PRODID']})).toBe(false);
    expect(match('calendarDataMatch', 'a.ics', 'no calendar')).toBe(false);
    expect(check('calendarDataMatch', {filepath: ['a.ics']}, {status: 404, body: event('a'), files})).toContain('404');
  });

  test('jcalDataMatch, against jCal and iCalendar', () => {
    expect(match('jcalDataMatch', 'a.ics', files['a.json'])).toBe(true);
    expect(match('jcalDataMatch', 'a.json', files['a.json'])).toBe(true);
    expect(match('jcalDataMatch', 'a.ics', files['a.json'].replace('"a"', '"b"'))).toBe(false);
    expect(match('jcalDataMatch', 'a.ics', event('a'))).toBe(false);
  });

  test('addressDataMatch and jcardDataMatch', () => {
    expect(match('addressDataMatch', 'a.vcf', 'BEGIN:VCARD\nN:A;;\n ;;\nREV:1\nFN:A\nEND:VCARD\n')).toBe(true);
    expect(match('addressDataMatch', 'a.vcf', files['a.vcf'].replace('FN:A', 'FN:B'))).toBe(false);
    expect(match('jcardDataMatch', 'a.vcf', files['a.vcf'])).toBe(true);
    expect(match('jcardDataMatch', 'a.vcf', '["vcard",[["fn",{},"text","B"]]]')).toBe(false);
  });

  test('dataMatch takes no notice of how lines end', () => {
    expect(match('dataMatch', 'a.txt', 'one\r\ntwo\r\n')).toBe(true);
    expect(match('dataMatch', 'a.txt', 'one\ntwo')).toBe(false);
  });

  test('xmlDataMatch takes no notice of prefixes, white space between elements, and what is filtered', () => {
    expect(match('xmlDataMatch', 'a.xml', '<x:a xmlns:x="x:">\n  <x:b>1</x:b> <x:c/></x:a>')).toBe(true);
    expect(match('xmlDataMatch', 'a.xml', '<a xmlns="x:"><b>2</b><c/></a>')).toBe(false);
    expect(match('xmlDataMatch', 'a.xml', '<a xmlns="x:"><b>2</b><c/></a>', {filter: ['{x:}b']})).toBe(true);
    expect(match('xmlDataMatch', 'a.xml', '<a xmlns="y:"><b>1</b><c/></a>')).toBe(false);
  });

  test.each([
    [{contains: ['abcdef']}, false],
    [{contains: ['abcdef'], unwrap: []}, true],
    [{contains: ['abc', 'def']}, true],
    [{notcontains: ['x']}, true],
    [{notcontains: ['abc']}, false],
    [{equals: ['abc\r\n def']}, true],
    [{equals: ['abc']}, false],
    [{empty: []}, false],
  ])('dataString %j: %s', (args, right) => {
    expect(check('dataString', args as Record<string, string[]>, {body: 'abc\r\n def'}) === undefined).toBe(right);
  });

  test('xmlElementMatch, and within a parent', () => {
    const body = multistatus(response('/a/', '<D:x/>') + response('/b/', '<D:y/>'));
    const parent = ['/{DAV:}multistatus/{DAV:}response[^{DAV:}href=/a/]'];
    expect(check('xmlElementMatch', {exists: ['{DAV:}response/{DAV:}x'], notexists: ['{DAV:}z']}, {body})).toBeUndefined();
    expect(check('xmlElementMatch', {notexists: ['{DAV:}response/{DAV:}x']}, {body})).toContain('there is');
    expect(check('xmlElementMatch', {exists: ['{DAV:}x'], parent}, {body})).toBeUndefined();
    expect(check('xmlElementMatch', {exists: ['{DAV:}y'], parent}, {body})).toContain('there is no');
    expect(check('xmlElementMatch', {exists: ['{DAV:}y']}, {body: 'x'})).toContain('not XML');
  });

  test('jsonPointerMatch', () => {
    const body = '{"a": 1}';
    expect(check('jsonPointerMatch', {exists: ['/a~$1'], notexists: ['/b']}, {body})).toBeUndefined();
    expect(check('jsonPointerMatch', {exists: ['/b']}, {body})).toContain('/b');
    expect(check('jsonPointerMatch', {notexists: ['/a']}, {body})).toContain('/a');
  });
});

describe('freeBusy and postFreeBusy', () => {
  const busy = `BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\nFREEBUSY:20260101T100000Z/PT1H,20260102T100000Z/20260102T110000Z\r
FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260103T100000Z/PT1H\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n`;
  const right = {
    busy: ['20260102T100000Z/PT1H', '20260101T100000Z/20260101T110000Z'],
    tentative: ['20260103T100000Z/20260103T110000Z'],
    duration: [],
  };
  const posted = `<C:schedule-response xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"><C:response><C:recipient><D:href>mailto:a</D:href>
</C:recipient><C:calendar-data>${busy}</C:calendar-data></C:response></C:schedule-response>`;

  test('just these periods, whichever way they are written', () => {
    expect(check('freeBusy', right, {body: busy})).toBeUndefined();
    expect(check('freeBusy', {...right, tentative: []}, {body: busy})).toContain('tentative');
    expect(check('freeBusy', {...right, unavailable: ['20260103T100000Z/PT1H']}, {body: busy})).toContain('unavailable');
    expect(check('freeBusy', right, {body: event('x')})).toContain('0 VFREEBUSYs');
  });

  test('of one attendee', () => {
    expect(check('postFreeBusy', {...right, attendee: ['mailto:a'], events: ['0']}, {body: posted})).toBeUndefined();
    expect(check('postFreeBusy', {...right, attendee: ['mailto:b']}, {body: posted})).toContain('mailto:b');
  });
});

test('aclItems: all that is granted, nothing that is denied', () => {
  const set = '<D:current-user-privilege-set><D:privilege><D:read/></D:privilege></D:current-user-privilege-set>';
  const stated = `<D:propstat><D:prop>${set}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>`;
  const given = {status: 207, body: multistatus(response('/c/', stated))};
  expect(check('aclItems', {granted: ['{DAV:}read'], denied: ['{DAV:}write']}, given)).toBeUndefined();
  expect(check('aclItems', {granted: ['{DAV:}write']}, given)).toContain('is not granted');
  expect(check('aclItems', {denied: ['{DAV:}read']}, given)).toContain('is granted');
  expect(check('aclItems', {}, {status: 207, body: multistatus('')})).toContain('no responses');
});
