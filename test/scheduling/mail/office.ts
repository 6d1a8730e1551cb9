import {parseDirectory} from '../../../src/accounts/load.ts';
import type {Principal} from '../../../src/accounts/principal.ts';
import {silent} from '../../../src/base/log.ts';
import {parseConfig} from '../../../src/config/load.ts';
import {parseCalendar} from '../../../src/ical/parse.ts';
import type {Message} from '../../../src/itip/message.ts';
import {type Mail, readTemplates} from '../../../src/scheduling/mail/compose.ts';
import {openMailFile} from '../../../src/scheduling/mail/mail-file.ts';
import type {MailFailure} from '../../../src/scheduling/mail/mailer.ts';
import {PostOffice, type Sending} from '../../../src/scheduling/mail/post-office.ts';
import {prepareReader} from '../../../src/scheduling/mail/read-mail.ts';

export const directory = parseDirectory(
  `<accounts realm="Test"><user><uid>ann</uid><guid>10000000-0000-0000-0000-000000000001</guid><password>ann</password>
<name>Ann Ärmel</name><email-address>ann@example.com</email-address></user></accounts>`,
  'accounts.xml',
);
export const ann: Principal = directory.findByName('users', 'ann')!;

export const mailPlist = (
  more: Record<string, unknown> = {},
  receiving: Record<string, unknown> = {},
): Record<string, unknown> => ({
  ServerHostName: 'cal.example.com',
  SSLPort: 443,
  SSLCertificate: 'conf/tls/server.pem',
  Scheduling: {
    iMIP: {Enabled: true, Sending: {Server: '127.0.0.1', Address: 'calendar@example.com'}, Receiving: receiving, ...more},
  },
});

export const configure = (plist: Record<string, unknown> = mailPlist()) =>
  parseConfig({plist: plist as never, file: '/x/conf/f.plist', folder: '/x'});

/** An invitation of ann's to somebody outside; `lines` are added to its event. */
export function invitation(
  uid: string,
  {to = 'mailto:Bob@Elsewhere.example', sequence = 0, lines = [] as string[], method = 'REQUEST'} = {},
): Message {
  const text = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//caldav//test//EN',
    `METHOD:${method}`,
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTAMP:20261101T000000Z',
    'DTSTART;TZID=Europe/Berlin:20991201T100000',
    'DURATION:PT1H',
    `SEQUENCE:${sequence}`,
    'SUMMARY:Größe & Form',
    'LOCATION:Room 1',
    'ORGANIZER;CN=Ann:urn:uuid:10000000-0000-0000-0000-000000000001',
    'ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.com',
    `ATTENDEE;CN=Bob;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:${to}`,
    ...lines,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
  const from = 'urn:uuid:10000000-0000-0000-0000-000000000001';
  return {method: method as Message['method'], uid, from, to, sequence, calendar: parseCalendar(text)};
}

/** A post office without a mail server: what it sends is in `sent`, what `fails` throws it is refused. */
export function office({plist = mailPlist(), file = ':memory:', fails = (_: Mail): unknown => undefined} = {}) {
  const clock = {now: Date.UTC(2026, 10, 22)};
  const sent: Mail[] = [];
  const delivered: {message: Message; to: Principal}[] = [];
  const reported: MailFailure[] = [];
  const database = openMailFile(file);
  const post = new PostOffice({
    settings: configure(plist).mail,
    database,
    directory: () => directory,
    log: silent,
    replyUrl: 'https://cal.example.com/reply/',
    now: () => clock.now,
  });
  const sending: Sending = {
    transport: {
      async send(mail) {
        const error = fails(mail);
        if (error) throw error;
        sent.push(mail);
      },
      async verify() {},
      close() {},
    },
    templates: readTemplates(),
    deliverIncoming: async (message, to) => void delivered.push({message, to}),
    reportFailure: async failure => void reported.push(failure),
  };
  return {clock, sent, delivered, reported, database, post, sending, work: () => post.work(sending, () => true)};
}

const reader = await prepareReader();

/** An answer as a program sends it. */
export function mailOf({
  from = 'Bob <bob@elsewhere.example>',
  to,
  ics,
  type = 'text/calendar; charset=utf-8; method=REPLY',
  headers = [] as string[],
  name = '',
}: {
  from?: string;
  to: string;
  ics: string;
  type?: string;
  headers?: string[];
  name?: string;
}): Buffer {
  return Buffer.from(
    [
      ...headers,
      `From: ${from}`,
      `To: ${to}`,
      'Subject: Accepted',
      'Message-ID: <1@elsewhere.example>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'Bob accepts.',
      '--b',
      `Content-Type: ${type}`,
      'Content-Transfer-Encoding: base64',
      ...(name ? [`Content-Disposition: attachment; filename="${name}"`] : []),
      '',
      Buffer.from(ics).toString('base64').replace(/.{76}/g, '$&\r\n'),
      '--b--',
      '',
    ].join('\r\n'),
  );
}

export const readMail = (source: Uint8Array) => reader(source);

/** The REPLY that a program makes of an invitation it was sent. */
export function replyOf(
  mail: Mail,
  {partstat = 'ACCEPTED', attendee = 'mailto:bob@elsewhere.example', method = 'METHOD:REPLY'} = {},
): string {
  const uid = /^UID:(.*)$/m.exec(mail.ics)![1]!.trim();
  const organizer = /mailto:calendar\+\w+@example\.com/.exec(mail.ics.replaceAll('\r\n ', ''))![0];
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//elsewhere//EN',
    ...(method ? [method] : []),
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTAMP:20261102T000000Z',
    'DTSTART;TZID=Europe/Berlin:20991201T100000',
    `ORGANIZER:${organizer}`,
    `ATTENDEE;PARTSTAT=${partstat}:${attendee}`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
}
