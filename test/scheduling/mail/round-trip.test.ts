import {ImapFlow} from 'imapflow';
import {createTransport} from 'nodemailer';
import {describe, expect, onTestFinished, vi} from 'vitest';
import {silent} from '../../../src/base/log.ts';
import type {Message} from '../../../src/itip/message.ts';
import {prepareMail} from '../../../src/scheduling/mail/open-mail.ts';
import {startMailServers} from '../../support/mail-servers.ts';
import {testWith} from '../../support/programs.ts';
import {serve} from '../../support/serve.ts';
import {temporaryFolder} from '../../support/temporary.ts';
import {ann, configure, directory, invitation, mailOf, mailPlist, readMail} from './office.ts';

const test = testWith('aiosmtpd', 'dovecot');

describe('RFC 6047 by SMTP and IMAP', () => {
  test('an invitation goes out to a mailbox, and the answer in another is delivered and removed there', {
    timeout: 120_000,
  }, async () => {
    const {imapPort, smtpPorts} = await startMailServers('bob', 'calendar');
    const plist = mailPlist(
      {Sending: {Server: '127.0.0.1', Port: smtpPorts.bob, UseSSL: false, Address: 'calendar@example.com'}},
      {Server: '127.0.0.1', Port: imapPort, UseSSL: false, Username: 'calendar', Password: 'secret', PollingSeconds: 1},
    );
    const room = (await prepareMail(configure({...plist, DataRoot: await temporaryFolder()})))(() => directory, silent);
    onTestFinished(() => room.stop());
    const delivered: Message[] = [];
    room.start({deliverIncoming: async message => void delivered.push(message), reportFailure: async () => {}});
    expect(await room.send(invitation('1'), ann)).toBe('queued');

    const inbox = (user: string) => mailsOf(user, imapPort);
    const source = await vi.waitFor(async () => (await inbox('bob'))[0] ?? expect.fail('nothing has come yet'), {
      timeout: 60_000,
      interval: 100,
    });
    const mail = await readMail(source);
    expect(mail.calendars).toMatchObject([{method: 'REQUEST'}]);
    const organizer = /mailto:(calendar\+\w+@example\.com)/.exec(mail.calendars[0]!.text.replaceAll(/\r?\n /g, ''))![1]!;
    const reply = mail.calendars[0]!.text.replaceAll(/\r?\n /g, '')
      .replace('METHOD:REQUEST', 'METHOD:REPLY')
      .replace('PARTSTAT=NEEDS-ACTION', 'PARTSTAT=ACCEPTED');

    const bob = createTransport({host: '127.0.0.1', port: smtpPorts.calendar!, ignoreTLS: true});
    const raw = (options: Parameters<typeof mailOf>[0]) => ({
      envelope: {from: 'bob@elsewhere.example', to: organizer},
      raw: mailOf(options),
    });
    await bob.sendMail(raw({from: 'eve@evil.example', to: organizer, ics: reply}));
    await bob.sendMail(raw({to: organizer, ics: reply}));
    await vi.waitFor(() => expect(delivered).toHaveLength(1), {timeout: 60_000, interval: 100});
    expect(delivered[0]).toMatchObject({method: 'REPLY', from: 'mailto:Bob@Elsewhere.example'});
    // What was not taken stays for people to look at.
    await vi.waitFor(
      async () => expect((await inbox('calendar')).map(each => each.toString().includes('eve@'))).toEqual([true]),
      {timeout: 60_000, interval: 100},
    );
  });

  test('who is invited by PUT answers by mail, and the organizer sees it', {timeout: 120_000}, async () => {
    const {imapPort, smtpPorts} = await startMailServers('bob', 'calendar');
    const {Scheduling} = mailPlist(
      {Sending: {Server: '127.0.0.1', Port: smtpPorts.bob, UseSSL: false, Address: 'calendar@example.com'}},
      {Server: '127.0.0.1', Port: imapPort, UseSSL: false, Username: 'calendar', Password: 'secret', PollingSeconds: 1},
    );
    const {ann: organizer} = await serve({ann: []}, {plist: {Scheduling, DataRoot: await temporaryFolder()}});
    const object = '/calendars/users/ann/calendar/dinner.ics';
    const event = [
      ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Test//EN', 'BEGIN:VEVENT', 'UID:dinner', 'DTSTAMP:20261101T000000Z'],
      ...['DTSTART:20991201T190000Z', 'DURATION:PT2H', 'SUMMARY:Dinner', 'ORGANIZER:mailto:ann@example.com'],
      ...['ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.com', 'ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@elsewhere.example'],
      ...['END:VEVENT', 'END:VCALENDAR', ''],
    ].join('\r\n');
    expect((await organizer.put(object, event)).status).toBe(201);
    const bobs = async () => {
      const {text} = await organizer.get(object);
      const lines = text.replaceAll(/\r?\n[ \t]/g, '').split('\r\n');
      return lines.find(line => line.startsWith('ATTENDEE') && line.includes('bob@elsewhere.example'));
    };
    expect(await bobs()).toContain('SCHEDULE-STATUS=1.1');

    const waiting = {timeout: 60_000, interval: 100};
    const source = await vi.waitFor(
      async () => (await mailsOf('bob', imapPort))[0] ?? expect.fail('nothing has come yet'),
      waiting,
    );
    const invited = (await readMail(source)).calendars[0]!.text.replaceAll(/\r?\n /g, '');
    const to = /mailto:(calendar\+\w+@example\.com)/.exec(invited)![1]!;
    const reply = invited.replace('METHOD:REQUEST', 'METHOD:REPLY').replace('PARTSTAT=NEEDS-ACTION', 'PARTSTAT=ACCEPTED');
    const bob = createTransport({host: '127.0.0.1', port: smtpPorts.calendar!, ignoreTLS: true});
    await bob.sendMail({envelope: {from: 'bob@elsewhere.example', to}, raw: mailOf({to, ics: reply})});
    await vi.waitFor(async () => expect(await bobs()).toContain('PARTSTAT=ACCEPTED'), waiting);
    expect(await bobs()).toContain('SCHEDULE-STATUS=2.0');
  });
});

async function mailsOf(user: string, port: number): Promise<Buffer[]> {
  const client = new ImapFlow({host: '127.0.0.1', port, secure: false, auth: {user, pass: 'secret'}, logger: false});
  await client.connect();
  try {
    const {exists} = await client.mailboxOpen('INBOX', {readOnly: true});
    if (exists === 0) return [];
    const found: Buffer[] = [];
    for await (const {source} of client.fetch('1:*', {source: true})) if (source) found.push(source);
    return found;
  } finally {
    await client.logout();
  }
}
