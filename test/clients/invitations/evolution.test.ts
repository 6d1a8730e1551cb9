import {describe, expect, test, vi} from 'vitest';
import {silent} from '../../../src/base/log.ts';
import {mailFileIn, openMailFile} from '../../../src/scheduling/mail/mail-file.ts';
import {PostOffice} from '../../../src/scheduling/mail/post-office.ts';
import {mailOf, mailPlist, readMail} from '../../scheduling/mail/office.ts';
import {temporaryFolder} from '../../support/temporary.ts';
import {expectAgreement, party} from './account.ts';
import {evolution, macos} from './habits.ts';
import {answer, inAll, meeting, partstatsOf, planned, toHour} from './meeting.ts';

const people = {ann: evolution, bob: evolution};

describe('Evolution', () => {
  test('removes without a word (Schedule-Reply: F) what it is invited to, and what it has invited to', async () => {
    const served = await planned(people);
    const {ann, bob} = served;
    await bob.devices[0].remove('plans', {silent: true});
    await served.delivered();
    await ann.sync();
    expect(partstatsOf(ann.devices[0].event('plans').text, bob)).toEqual(['NEEDS-ACTION']);
    expect(await ann.devices[0].takeInbox()).toEqual([]);
    await bob.devices[0].takeInbox();
    await ann.devices[0].remove('plans', {silent: true});
    await served.delivered();
    expect(await bob.devices[0].takeInbox()).toEqual([]);
  });

  test('cannot have a meeting twice by storing it in another calendar before it removes it: nothing is changed, nobody is told', async () => {
    const served = await planned(people);
    const {ann, bob} = served;
    await bob.devices[0].takeInbox();
    expect((await ann.client.request('MKCALENDAR', `${ann.home}work/`)).status).toBe(201);
    const {status, error} = await ann.client.put(
      `${ann.home}work/plans.ics`,
      ann.devices[0].event('plans').text,
      evolution.headers,
    );
    expect({status, error}).toEqual({status: 403, error: '{urn:ietf:params:xml:ns:caldav}unique-scheduling-object-resource'});
    await expectAgreement(served, ann, bob);
    expect(await bob.devices[0].takeInbox()).toEqual([]);
  });

  test('proposes another time by e-mail (COUNTER): the organizer sees it in the Inbox, and settles it by moving the meeting', {
    timeout: 90_000,
  }, async () => {
    const DataRoot = await temporaryFolder();
    const plist = {
      ...mailPlist({Sending: {Server: '127.0.0.1', Port: 9, UseSSL: false, Address: 'calendar@example.com'}}),
      DataRoot,
    };
    const served = await party({ann: macos, bob: evolution}, {plist});
    const {ann, bob} = served;
    const guest = 'mailto:guest@elsewhere.example';
    const invitation = meeting('plans', ann, [bob]).replace(
      'END:VEVENT',
      `ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:${guest}\r\nEND:VEVENT`,
    );
    await ann.devices[0].make('plans', invitation);
    await expectAgreement(served, ann, bob);

    // The guest's mail server brings the answer, as `caldav mail deliver` takes it.
    using database = openMailFile(mailFileIn(served.config.dataRoot));
    const office = new PostOffice({
      settings: served.config.mail,
      database,
      directory: () => ({}) as never,
      log: silent,
      replyUrl: '',
    });
    const [sent] = office.outgoing.list(true);
    const counter = toHour(15)(sent!.calendar.replace(/\r\n[ \t]/g, ''))
      .replace('METHOD:REQUEST', 'METHOD:COUNTER')
      .replace(/^ORGANIZER.*$/m, `ORGANIZER:mailto:calendar+${sent!.token}@example.com`);
    const raw = mailOf({
      from: 'Guest <guest@elsewhere.example>',
      to: `calendar+${sent!.token}@example.com`,
      ics: counter,
      type: 'text/calendar; charset=utf-8; method=COUNTER',
    });
    expect(office.receive(await readMail(raw))).toEqual({taken: true, why: ''});
    await vi.waitFor(async () => expect(await ann.devices[1].takeInbox()).toEqual(['COUNTER']), {timeout: 60_000, interval: 100});
    await expectAgreement(served, ann, bob);
    expect(ann.devices[0].event('plans').text).toMatch(/^DTSTART.*T100000\r$/m);

    await bob.devices[0].change('plans', text => inAll(text, answer(bob, 'ACCEPTED')));
    await expectAgreement(served, ann, bob);
    await ann.devices[0].change('plans', text => inAll(text, toHour(15)));
    await expectAgreement(served, ann, bob);
    expect(partstatsOf(bob.devices[1].event('plans').text, bob)).toEqual(['NEEDS-ACTION']);
    const [, later] = office.outgoing.list(true);
    expect(later).toMatchObject({method: 'REQUEST', to_address: guest});
    expect(later!.calendar).toMatch(/DTSTART.*T150000/);
  });
});
