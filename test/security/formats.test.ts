import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {parseDirectory} from '../../src/accounts/load.ts';
import {readTar, TarError, wholeOf} from '../../src/archive/read-tar.ts';
import {endOfArchive, padding, printHead} from '../../src/archive/tar.ts';
import {silent} from '../../src/base/log.ts';
import {UserError} from '../../src/base/user-error.ts';
import {inspectConfig} from '../../src/config/load.ts';
import {createAuthenticator} from '../../src/http/authenticate.ts';
import {digestChallenge, Nonces} from '../../src/http/digest.ts';
import {HttpRefusal} from '../../src/http/refusal.ts';
import {Throttle} from '../../src/http/throttle.ts';
import {expand} from '../../src/ical/expand.ts';
import {busyPeriods} from '../../src/ical/free-busy.ts';
import {IcalError} from '../../src/ical/ical-error.ts';
import {JcalError} from '../../src/ical/jcal-error.ts';
import {parseJcal} from '../../src/ical/jcal-parse.ts';
import {printJcal} from '../../src/ical/jcal-print.ts';
import {indexObject} from '../../src/ical/object-index.ts';
import {type Calendar, parseCalendar} from '../../src/ical/parse.ts';
import {expandCalendar, limitRecurrenceSet} from '../../src/ical/partial.ts';
import {printCalendar} from '../../src/ical/print.ts';
import {dataFault} from '../../src/ical/validate.ts';
import {utc} from '../../src/ical/zone.ts';
import {DavError} from '../../src/webdav/error.ts';
import {parsePath} from '../../src/webdav/href.ts';
import {parseIf} from '../../src/webdav/if-header.ts';
import {parsePrefer} from '../../src/webdav/prefer.ts';
import {parseXml, XmlError} from '../../src/xml/parse.ts';
import {printXml} from '../../src/xml/print.ts';
import {appendixB} from '../caldav/rfc4791.ts';
import {event, todo} from '../support/events.ts';
import {bounded, timeout} from './bounded.ts';
import {readCorpus} from './corpus.ts';
import {mutated} from './mutate.ts';

const templates = join(import.meta.dirname, '../../templates');
const template = (name: string) => readFileSync(join(templates, name));
const corpus = readCorpus();
const decode = (bytes: Buffer) => bytes.toString('latin1');

const year = {start: Date.UTC(2026, 0), end: Date.UTC(2027, 0)};

function workThrough(calendar: Calendar): void {
  dataFault(calendar);
  expand(calendar, year, {limit: 100});
  busyPeriods(calendar, year, utc);
  expandCalendar(calendar, year, {zone: utc, limit: 100});
  limitRecurrenceSet(calendar, year, utc);
  indexObject(calendar, {maxInstances: 100});
  printCalendar(calendar);
  printJcal(calendar);
}

const objects = [
  ...Object.values(appendixB),
  event(
    '1',
    '20260105T100000Z',
    'RRULE:FREQ=MONTHLY;BYDAY=-1MO,2TU;BYSETPOS=1;UNTIL=20261231T000000Z',
    'EXDATE:20260202T100000Z',
  ),
  event('2', '20260105T100000Z', 'RDATE;VALUE=PERIOD:20260101T000000Z/PT1H', 'ATTENDEE;CN="A, B";X-Y=1:mailto:a@example.com'),
  event(
    '3',
    '20260105T100000Z',
    'RRULE:RSCALE=HEBREW;FREQ=YEARLY;BYMONTH=5L;SKIP=FORWARD',
    'BEGIN:VALARM',
    'TRIGGER:-PT5M',
    'END:VALARM',
  ),
  todo('4', 'DUE;VALUE=DATE:20260601', 'PERCENT-COMPLETE:50', 'CATEGORIES:a,b\\,c', 'GEO:1.5;2.5'),
];

const accounts = `<?xml version="1.0"?>\n<accounts realm="R"><user><uid>ann</uid><guid>10000000-0000-0000-0000-000000000001</guid><password>{plain}x</password><name>A &amp; B</name>
<email-address>a@example.com</email-address><proxies><member type="users">ann</member></proxies></user><group><uid>g</uid><name>G</name><members><member type="users">ann</member></members></group></accounts>`;

const tar = (() => {
  const file = {
    folder: false,
    mode: 0o600,
    modified: 1_790_000_000_123,
    uid: 1,
    gid: 2,
    attributes: new Map([['user.x', Buffer.from('y')]]),
  };
  const bytes = Buffer.from('BEGIN:VCALENDAR');
  const entry = (name: string) => [printHead({...file, name, sizeBytes: bytes.length}), bytes, padding(bytes.length)];
  return Buffer.concat([...entry('a/b.ics'), ...entry('ü'.repeat(90)), endOfArchive]);
})();

interface Format {
  readonly name: string;
  readonly texts: readonly (string | Buffer)[];
  /** Works through it all. */
  read(bytes: Buffer): unknown;
  /** What it may throw. */
  readonly refusals: readonly (new (
    ...args: never[]
  ) => Error)[];
}

const request = {method: 'GET', path: '/', query: '', body: new Uint8Array(0), address: '192.0.2.1', secure: true};
/** Wrong passwords are always long ago. */
let now = 0;
const nonces = new Nonces(Buffer.alloc(32));
const authenticator = createAuthenticator({
  directory: () => parseDirectory(accounts, 'accounts.xml'),
  basic: {enabled: true, allowedOverWireUnencrypted: false},
  digest: {enabled: true, algorithms: ['MD5', 'SHA-256'], withoutQop: true},
  log: silent,
  nonceKey: Buffer.alloc(32),
  throttle: new Throttle({sleep: async () => {}, now: () => (now += 3_600_000)}),
});
const digest = `Digest username="ann", realm="R", nonce="${nonces.issue()}", uri="/", qop=auth, nc=00000001, cnonce="a\\"b", response="${'0'.repeat(32)}", algorithm=MD5`;

const formats: readonly Format[] = [
  {
    name: 'XML',
    texts: corpus.map(({body}) => body).filter(body => body.startsWith('<')),
    read: bytes => parseXml(printXml(parseXml(bytes))),
    refusals: [XmlError],
  },
  {name: 'iCalendar', texts: objects, read: bytes => workThrough(parseCalendar(bytes)), refusals: [IcalError]},
  {
    name: 'jCal',
    texts: objects.map(text => printJcal(parseCalendar(text))),
    read: bytes => workThrough(parseJcal(bytes.toString())),
    refusals: [JcalError, IcalError],
  },
  {
    name: 'accounts.xml',
    texts: [accounts, template('accounts.xml')],
    read: bytes => parseDirectory(decode(bytes), 'f'),
    refusals: [UserError],
  },
  {
    name: 'caldavd.plist',
    texts: [template('caldavd.plist'), template('caldavd-apple.plist')],
    read: bytes => inspectConfig({file: '/nowhere/f', folder: '/nowhere', text: decode(bytes)}),
    refusals: [],
  },
  {
    name: 'tar',
    texts: [tar],
    async read(bytes) {
      for await (const entry of readTar(Readable.from([bytes]))) await wholeOf(entry);
    },
    refusals: [TarError],
  },
  {
    name: 'credentials',
    texts: [`Basic ${Buffer.from('ann:x').toString('base64')}`, digest, digestChallenge('R', 'MD5', 'n', true)],
    read: bytes => authenticator.authenticate({...request, headers: {authorization: decode(bytes)}}),
    refusals: [HttpRefusal],
  },
  {
    name: 'If',
    texts: ['<http://x/a/> (<urn:uuid:1> ["a b"]) (Not <DAV:no-lock>)', '(["x"] [W/"y"])'],
    read: bytes => parseIf(decode(bytes)),
    refusals: [DavError],
  },
  {
    name: 'paths',
    texts: ['/calendars/users/ann/calendar/1.ics', '/a%20b/%C3%BC//c'],
    read: bytes => parsePath(decode(bytes)),
    refusals: [DavError],
  },
  {
    name: 'Prefer',
    texts: ['return=minimal, depth-noroot; x="y", wait=10'],
    read: bytes => parsePrefer({...request, headers: {prefer: decode(bytes)}}),
    refusals: [],
  },
];

test.each(formats)('$name with bytes of it changed is read or refused as such', {timeout}, async ({texts, read, refusals}) => {
  const prototype = Reflect.ownKeys(Object.prototype).length;
  await fc.assert(
    fc.asyncProperty(mutated(texts.map(text => Buffer.from(text as string))), async bytes => {
      try {
        await read(bytes);
      } catch (error) {
        if (!refusals.some(refusal => error instanceof refusal)) throw error;
      }
      expect(Reflect.ownKeys(Object.prototype)).toHaveLength(prototype);
    }),
    bounded(400),
  );
});
