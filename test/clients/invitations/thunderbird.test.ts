import {describe, expect, test} from 'vitest';
import {expectAgreement, party} from './account.ts';
import {thunderbird} from './habits.ts';
import {addLine, answer, inAll, meeting, partstatsOf, planned, rename} from './meeting.ts';

const people = {ann: thunderbird, bob: thunderbird};

describe('Thunderbird', () => {
  test('asks when others are busy, with Originator and Recipient, before it invites', async () => {
    const served = await party(people);
    const {ann, bob} = served;
    await bob.devices[0].make('own', meeting('own', bob, []).replace(/^(?:ORGANIZER|ATTENDEE).*\r\n/gm, ''));
    const asked = await ann.client.request('POST', `${ann.home}outbox/`, {
      headers: {
        ...thunderbird.headers,
        'content-type': 'text/calendar; charset=utf-8',
        originator: ann.address,
        recipient: bob.address,
      },
      body: [
        ...[
          'BEGIN:VCALENDAR',
          'PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN',
          'VERSION:2.0',
          'METHOD:REQUEST',
          'BEGIN:VFREEBUSY',
        ],
        ...[
          'UID:1',
          'DTSTAMP:20370901T080000Z',
          'DTSTART:20371005T000000Z',
          'DTEND:20371006T000000Z',
          `ORGANIZER:${ann.address}`,
        ],
        ...[
          `ATTENDEE;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;CUTYPE=INDIVIDUAL:${bob.address}`,
          'END:VFREEBUSY',
          'END:VCALENDAR',
          '',
        ],
      ].join('\r\n'),
    });
    expect(asked.status).toBe(200);
    expect(asked.text).toContain('20371005T080000Z/');
  });

  test('that sends e-mail itself (SCHEDULE-AGENT=CLIENT) has nothing sent twice; when it no longer does, the server invites', async () => {
    const served = await party(people);
    const {ann, bob} = served;
    await ann.devices[0].make('plans', meeting('plans', ann, [bob]).replace(/^ATTENDEE/gm, 'ATTENDEE;SCHEDULE-AGENT=CLIENT'));
    await served.delivered();
    await bob.sync();
    expect(bob.devices[0].find('plans')).toBeUndefined();
    await ann.devices[0].change('plans', text => text.replaceAll(';SCHEDULE-AGENT=CLIENT', ''));
    await expectAgreement(served, ann, bob);
    expect(bob.devices[0].event('plans').text).toContain('SUMMARY:Plans');
  });

  test('that keeps what has come by e-mail (ORGANIZER;SCHEDULE-AGENT=CLIENT) answers by e-mail alone', async () => {
    const served = await party(people);
    const {ann, bob} = served;
    await ann.devices[0].make('plans', meeting('plans', ann, [bob]).replace(/^ATTENDEE/gm, 'ATTENDEE;SCHEDULE-AGENT=CLIENT'));
    const taken = inAll(meeting('plans', ann, [bob]), answer(bob, 'ACCEPTED')).replace(
      'ORGANIZER',
      'ORGANIZER;SCHEDULE-AGENT=CLIENT',
    );
    await bob.devices[0].make('plans', taken);
    await served.delivered();
    await Promise.all([ann.sync(), bob.sync()]);
    expect(partstatsOf(ann.devices[0].event('plans').text, bob)).toEqual(['NEEDS-ACTION']);
    await bob.devices[0].remove('plans');
    await served.delivered();
    expect(await ann.devices[0].takeInbox()).toEqual([]);
  });

  test('dismisses and puts off alarms, on either side, and nobody is told', async () => {
    const served = await planned(people);
    const {ann, bob} = served;
    await bob.devices[0].takeInbox();
    await ann.devices[0].change('plans', text => inAll(text, addLine('X-MOZ-LASTACK:20371005T075500Z')));
    await bob.devices[1].change('plans', text => inAll(text, addLine('X-MOZ-SNOOZE-TIME-2138342400000000:20371005T081000Z')));
    await expectAgreement(served, ann, bob);
    expect(ann.devices[1].event('plans').text).toContain('X-MOZ-LASTACK');
    expect(bob.devices[0].event('plans').text).toContain('X-MOZ-SNOOZE-TIME');
    expect(bob.devices[0].event('plans').text).not.toContain('X-MOZ-LASTACK');
    expect([await ann.devices[0].takeInbox(), await bob.devices[0].takeInbox()]).toEqual([[], []]);
  });

  test('that lost a race is told by 412, and overwrites when its user says so: answers that came meanwhile are kept', async () => {
    const served = await planned(people);
    const {ann, bob} = served;
    const stale = ann.devices[1].event('plans');
    await bob.devices[0].change('plans', text => inAll(text, answer(bob, 'ACCEPTED')));
    await served.delivered();
    const text = rename('Overwritten')(stale.text);
    const put = (headers: Record<string, string>) => ann.client.put(stale.href, text, {...thunderbird.headers, ...headers});
    expect((await put({'if-match': stale.held.etag!})).status).toBe(412);
    // A program that says NEEDS-ACTION of who had answered asks anew, since it says nothing of what it knew.
    expect((await put({})).status).toBe(204);
    await expectAgreement(served, ann, bob);
    expect(bob.devices[0].event('plans').text).toContain('SUMMARY:Overwritten');
  });
});
