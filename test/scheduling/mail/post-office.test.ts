import {statSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {HttpRequest} from '../../../src/http/message.ts';
import {printCalendar} from '../../../src/ical/print.ts';
import {mimeOf, smtpOptions} from '../../../src/scheduling/mail/transport.ts';
import {replyPage} from '../../../src/web/reply.ts';
import {temporaryFolder} from '../../support/temporary.ts';
import {ann, configure, invitation, mailOf, mailPlist, office, readMail, replyOf} from './office.ts';

describe('RFC 6047 §2.4 a message that goes out', () => {
  test('is text, HTML and one text/calendar part with its METHOD, from the server for who sent it', async () => {
    const {post, sent, work} = office();
    expect(await post.send(invitation('1'), ann)).toBe('queued');
    await work();
    const [mail] = sent;
    const {token} = post.outgoing.list(true)[0]!;
    expect(mail).toMatchObject({
      from: {name: 'Ann Ärmel', address: 'calendar@example.com'},
      replyTo: `calendar+${token}@example.com`,
      to: 'bob@elsewhere.example',
      subject: 'Invitation: Größe & Form',
    });
    expect(mail!.text).toMatch(/10:00 – 11:00 \(Europe\/Berlin\)/);
    expect(mail!.text).toMatch(/https:\/\/cal\.example\.com\/reply\/[\w-]{32}/);
    expect(mail!.html).toContain('Größe &amp; Form');
    const ics = mail!.ics.replaceAll('\r\n ', '');
    expect(ics).toContain('METHOD:REQUEST');
    expect(ics).toContain(`ORGANIZER;CN=Ann;EMAIL=ann@example.com:mailto:calendar+${token}@example.com`);
    expect(ics).not.toContain('urn:uuid');
    expect(mimeOf(mail!, 'calendar@example.com').alternatives).toMatchObject([
      {contentType: 'text/calendar; charset=utf-8; method=REQUEST', contentTransferEncoding: 'base64'},
    ]);
  });

  test('is in the language that ATTENDEE says, and in the configured one where it says none', async () => {
    const message = invitation('1', {to: 'mailto:eva@x.example', lines: ['ATTENDEE;LANGUAGE=de-AT:mailto:other@x.example']});
    const german = {...message, to: 'mailto:other@x.example'};
    const {post, sent, work} = office({plist: {...mailPlist(), Localization: {Language: 'English'}}});
    await post.send(german, ann);
    await post.send(message, ann);
    await work();
    expect(sent.map(({subject}) => subject)).toEqual(['Einladung: Größe & Form', 'Invitation: Größe & Form']);
  });

  test('is called an update the second time, and keeps its token; its Message-ID is its own', async () => {
    const {post, sent, work} = office();
    await post.send(invitation('1'), ann);
    await post.send(invitation('1', {sequence: 1}), ann);
    await work();
    expect(sent.map(({subject}) => subject)).toEqual(['Invitation: Größe & Form', 'Updated invitation: Größe & Form']);
    expect(new Set(sent.map(({replyTo}) => replyTo)).size).toBe(1);
    expect(new Set(sent.map(({messageId}) => messageId)).size).toBe(2);
  });

  test('lets no text begin another header or line', async () => {
    const {post, sent, work} = office();
    await post.send(invitation('1', {lines: ['COMMENT:a\\nBcc: eve@evil.example']}), ann);
    await work();
    expect(sent[0]!.text).toContain('a Bcc: eve@evil.example');
  });
});

describe('the queue', () => {
  test('takes the same message once, also after it was sent', async () => {
    const {post, sent, work} = office();
    await post.send(invitation('1'), ann);
    await post.send(invitation('1'), ann);
    await work();
    await post.send(invitation('1'), ann);
    await work();
    expect(sent).toHaveLength(1);
  });

  test('sends nothing where mail is off, to our own, to what is no mail address, and what is quiet', async () => {
    const off = office({plist: {...mailPlist({Enabled: false})}});
    expect(await off.post.send(invitation('1'), ann)).toBe('off');
    const {post, sent, work} = office();
    expect(await post.send(invitation('1', {to: 'mailto:ann@example.com'}), ann)).toBe('refused');
    expect(await post.send(invitation('1', {to: 'mailto:Calendar+abcdefghijklmnopq@example.com'}), ann)).toBe('refused');
    expect(await post.send(invitation('1', {to: 'urn:uuid:12345678-0000-0000-0000-000000000000'}), ann)).toBe('refused');
    expect(await post.send(invitation('1', {to: 'mailto:a%0Ab@x.example'}), ann)).toBe('refused');
    expect(await post.send({...invitation('1'), quiet: 'told'}, ann)).toBe('queued');
    await work();
    expect(sent).toEqual([]);
  });

  test('tries again what is refused for now, later each time, and gives up after five days with 5.1', async () => {
    const refusal = Object.assign(new Error('busy'), {code: 'EENVELOPE', responseCode: 451, response: '451 busy'});
    const {post, clock, reported, work} = office({fails: () => refusal});
    await post.send(invitation('1'), ann);
    await work();
    expect(post.outgoing.list(false)).toMatchObject([
      {state: 'waiting', attempts: 1, error: '451 busy', next: clock.now + 60_000},
    ]);
    for (let hours = 0; hours < 130; hours++) {
      clock.now += 3_600_000;
      await work();
    }
    expect(post.outgoing.list(false)).toMatchObject([{state: 'reported'}]);
    expect(reported).toMatchObject([{uid: '1', to: 'mailto:Bob@Elsewhere.example', status: '5.1'}]);
  });

  test('sends nobody a later message of an event before one that was put off, and others theirs meanwhile', async () => {
    let full = true;
    const {post, clock, sent, work} = office({
      fails: () => (full ? Object.assign(new Error('full'), {code: 'EENVELOPE', responseCode: 452}) : undefined),
    });
    await post.send(invitation('1'), ann);
    await work();
    full = false;
    await post.send(invitation('1', {sequence: 1}), ann);
    await post.send(invitation('1', {to: 'mailto:eva@x.example', sequence: 1}), ann);
    await post.send(invitation('2'), ann);
    await work();
    expect(sent.map(({to, ics}) => [to, /UID:(.)/.exec(ics)![1]])).toEqual([
      ['eva@x.example', '1'],
      ['bob@elsewhere.example', '2'],
    ]);
    clock.now += 5 * 60_000;
    await work();
    expect(sent.slice(2).map(({ics}) => /SEQUENCE:(.)/.exec(ics)![1])).toEqual(['0', '1']);
  });

  test('takes two changes of one second that differ in what they say alone', async () => {
    const {post} = office();
    await post.send(invitation('1'), ann);
    await post.send(invitation('1', {lines: ['COMMENT:Bring cake']}), ann);
    expect(post.outgoing.list(true).length).toBe(2);
  });

  test('tells once of what is refused for ever, and goes on with the others', async () => {
    const refusal = Object.assign(new Error('no'), {code: 'EENVELOPE', responseCode: 550, response: '550 no such user'});
    const {post, sent, reported, work} = office({fails: ({to}) => (to.startsWith('bob') ? refusal : undefined)});
    await post.send(invitation('1'), ann);
    await post.send(invitation('1', {to: 'mailto:cyd@elsewhere.example'}), ann);
    await work();
    await work();
    expect(sent.map(({to}) => to)).toEqual(['cyd@elsewhere.example']);
    expect(reported).toHaveLength(1);
  });

  test('gives up nothing because the server is not let in, and does not ask for each message', async () => {
    let asked = 0;
    const refusal = Object.assign(new Error('Invalid login'), {code: 'EAUTH', responseCode: 535});
    const {post, reported, work} = office({
      fails: () => {
        asked++;
        return refusal;
      },
    });
    await post.send(invitation('1'), ann);
    await post.send(invitation('2'), ann);
    await work();
    expect({asked, reported}).toEqual({asked: 1, reported: []});
    expect(post.outgoing.list(false).map(({state}) => state)).toEqual(['waiting', 'waiting']);
  });

  test('is kept over a restart, and one process at a time sends', async () => {
    const file = join(await temporaryFolder(), 'mail.sqlite');
    const [one, two] = [office({file}), office({file})];
    await one.post.send(invitation('1'), ann);
    expect([two.post.hasLease(), one.post.hasLease()]).toEqual([true, false]);
    await one.work();
    await two.work();
    expect([one.sent.length, two.sent.length]).toEqual([0, 1]);
    one.clock.now += 61_000;
    expect(one.post.hasLease()).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('says no password in the clear, save within this machine', () => {
    const sending = (sending: object) =>
      smtpOptions(configure(mailPlist({Sending: {Address: 'c@x.example', ...sending}})).mail.sending);
    expect(sending({Server: 'mx.example', UseSSL: false, Username: 'c'})).toMatchObject({requireTLS: true});
    expect(sending({Server: 'mx.example', Port: 465})).toMatchObject({secure: true});
    expect(sending({Server: '127.0.0.1', UseSSL: false, Username: 'c'})).toMatchObject({requireTLS: false, ignoreTLS: true});
  });
});

describe('RFC 6047 §2.3 an answer that comes in', () => {
  async function invited(plist = mailPlist()) {
    const made = office({plist});
    await made.post.send(invitation('1'), ann);
    await made.work();
    const [mail] = made.sent;
    const receive = async (options: Partial<Parameters<typeof mailOf>[0]> & {ics: string}) =>
      made.post.receive(await readMail(mailOf({to: mail!.replyTo, ...options})));
    return {...made, mail: mail!, receive};
  }

  test('is delivered as if it came from within: the addresses are those of the organizer’s calendar', async () => {
    const {mail, receive, work, delivered} = await invited();
    expect(await receive({ics: replyOf(mail)})).toEqual({taken: true, why: ''});
    await work();
    expect(delivered).toMatchObject([
      {to: {guid: ann.guid}, message: {method: 'REPLY', uid: '1', from: 'mailto:Bob@Elsewhere.example'}},
    ]);
    const text = printCalendar(delivered[0]!.message.calendar);
    expect(text).toContain('ATTENDEE;PARTSTAT=ACCEPTED:mailto:Bob@Elsewhere.example');
    expect(text).toContain('ORGANIZER:urn:uuid:10000000-0000-0000-0000-000000000001');
  });

  test.each([
    ['METHOD in the part’s header alone (Outlook)', {method: ''}, {}],
    ['a file without METHOD in its header (Apple)', {}, {type: 'application/ics; name="invite.ics"', name: 'invite.ics'}],
    ['another case and a sub-address', {attendee: 'MAILTO:BOB+cal@elsewhere.example'}, {from: 'BOB@Elsewhere.Example'}],
    ['quotes and a name in From', {}, {from: '"Bob, the" <bob@elsewhere.example>'}],
    ['sent to ORGANIZER’s address alone', {}, {to: 'calendar@example.com'}],
  ])('is understood with %s', async (_, reply, options) => {
    const {mail, receive, work, delivered} = await invited();
    expect(await receive({ics: replyOf(mail, reply), ...options})).toEqual({taken: true, why: ''});
    await work();
    expect(delivered).toHaveLength(1);
  });

  test.each([
    ['comes from somebody else', {}, {from: 'eve@evil.example'}],
    ['has two senders', {}, {from: 'bob@elsewhere.example, eve@evil.example'}],
    ['answers for somebody else', {attendee: 'mailto:cyd@elsewhere.example'}, {}],
    ['invites', {method: 'METHOD:REQUEST'}, {}],
  ])('is refused where it %s', async (_, reply, options) => {
    const {mail, receive, work, delivered} = await invited();
    expect(await receive({ics: replyOf(mail, reply), ...options})).toMatchObject({taken: false});
    await work();
    expect(delivered).toEqual([]);
  });

  test('is refused without a token that was given out, and for another event', async () => {
    const {mail, receive} = await invited();
    const forged = replyOf(mail).replace(/\+\w+@/, '+aaaaaaaaaaaaaaaaaaaaaaaaa@');
    expect(await receive({to: 'calendar@example.com', ics: forged})).toMatchObject({taken: false});
    expect(await receive({ics: replyOf(mail).replace('UID:1', 'UID:2')})).toMatchObject({taken: false});
  });

  test.each([
    ['mx.example.com; dkim=pass header.d=elsewhere.example', true],
    ['mx.example.com; dmarc=pass header.from=elsewhere.example', true],
    ['mx.example.com; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example', false],
    ['mx.example.com; dmarc=fail; dkim=pass header.d=elsewhere.example', false],
    ['evil.example; dmarc=pass', false],
  ])('of which the own mail server says “%s” is taken: %s', async (said, taken) => {
    const {mail, receive} = await invited(mailPlist({}, {AuthServID: 'mx.example.com'}));
    const headers = [`Authentication-Results: ${said}`, 'Authentication-Results: evil.example; dmarc=pass'];
    expect(await receive({ics: replyOf(mail), headers})).toMatchObject({taken});
  });

  test('that comes twice is delivered once', async () => {
    const {mail, receive, work, delivered} = await invited();
    await receive({ics: replyOf(mail)});
    await receive({ics: replyOf(mail)});
    await work();
    await receive({ics: replyOf(mail)});
    await work();
    expect(delivered).toHaveLength(1);
  });

  test('that comes after a later one of the same sender changes nothing (RFC 5546 §2.1.5), also after a restart', async () => {
    const file = join(await temporaryFolder(), 'mail.sqlite');
    const before = office({file});
    await before.post.send(invitation('1'), ann);
    await before.work();
    const mail = before.sent[0]!;
    const answer = async (made: typeof before, partstat: string, second: number) => {
      const ics = replyOf(mail, {partstat}).replace('T000000Z', `T00000${second}Z`);
      expect(made.post.receive(await readMail(mailOf({to: mail.replyTo, ics})))).toMatchObject({taken: true});
      await made.work();
      return made.delivered.map(({message}) => /PARTSTAT=(\w+)/.exec(printCalendar(message.calendar))![1]);
    };
    expect(await answer(before, 'ACCEPTED', 3)).toEqual(['ACCEPTED']);
    before.post.releaseLease();
    before.database.close();
    const after = office({file});
    expect(await answer(after, 'DECLINED', 1)).toEqual([]);
    expect(after.post.incoming.due(after.clock.now)).toBe(undefined);
    expect(await answer(after, 'TENTATIVE', 4)).toEqual(['TENTATIVE']);
  });

  test('of a mail server that could not deliver becomes 5.1 (RFC 3464)', async () => {
    const {mail, post, work, reported} = await invited();
    const source = [
      'From: MAILER-DAEMON@elsewhere.example',
      'To: calendar@example.com',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'Sorry.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; elsewhere.example',
      '',
      'Final-Recipient: rfc822; bob@elsewhere.example',
      'Action: failed',
      'Status: 5.1.1',
      '',
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: ${mail.messageId}`,
      '',
      '--b--',
      '',
    ].join('\r\n');
    expect(post.receive(await readMail(Buffer.from(source)))).toMatchObject({taken: true});
    await work();
    expect(reported).toMatchObject([{uid: '1', status: '5.1'}]);
  });
});

describe('the page to answer on', () => {
  const request = (method: string, path: string, body = ''): HttpRequest => ({
    method,
    path,
    query: '',
    headers: {'accept-language': 'de-AT,en;q=0.5'},
    body: Buffer.from(body),
    address: '::1',
    secure: true,
  });

  test('shows the event on GET, which changes nothing, and answers on POST', async () => {
    const {post, sent, work, delivered} = office();
    await post.send(invitation('1'), ann);
    await work();
    const path = new URL(/https:\S+/.exec(sent[0]!.text)![0]).pathname;
    const shown = replyPage(request('GET', path), post)!;
    expect(shown.status).toBe(200);
    expect(shown.body).toContain('Größe &amp; Form');
    expect(shown.body).toContain('>Zusagen<');
    await work();
    expect(delivered).toEqual([]);
    expect(replyPage(request('POST', path, 'answer=nothing'), post)!.status).toBe(400);
    expect(replyPage(request('POST', path, 'answer=decline'), post)!.body).toContain('Abgelehnt');
    await work();
    expect(delivered).toMatchObject([{message: {method: 'REPLY', from: 'mailto:Bob@Elsewhere.example'}, to: {guid: ann.guid}}]);
    expect(printCalendar(delivered[0]!.message.calendar)).toContain('PARTSTAT=DECLINED');
  });

  test('is gone with the event, when that is over or cancelled, and for an address that nobody was given', async () => {
    const {post, sent, work, clock} = office();
    await post.send(invitation('1'), ann);
    await work();
    const path = new URL(/https:\S+/.exec(sent[0]!.text)![0]).pathname;
    expect(replyPage(request('GET', `${path}x`), post)!.status).toBe(404);
    clock.now = Date.UTC(2099, 11, 1, 10, 0, 1);
    expect(replyPage(request('GET', path), post)!.status).toBe(404);
    clock.now = Date.UTC(2026, 10, 23);
    expect(replyPage(request('GET', path), post)!.status).toBe(200);
    await post.send(invitation('1', {method: 'CANCEL', sequence: 1}), ann);
    clock.now += 1;
    expect(replyPage(request('GET', path), post)!.status).toBe(404);
  });
});
