import {describe, expect, test} from 'vitest';
import {event} from '../../support/events.ts';
import {guidOf} from '../../support/serve.ts';
import {expectAgreement, party} from './account.ts';
import {type Habits, ios, macos} from './habits.ts';
import {addLine, answer, inAll, meeting, partstatsOf, planned, rename, toHour} from './meeting.ts';

describe.each<[string, Habits]>([
  ['macOS Calendar', macos],
  ['iOS Calendar', ios],
])('%s', (_, habits) => {
  const people = {ann: habits, bob: habits};

  test('asks when others are busy by a POST to the Outbox, its own meeting left out', async () => {
    const served = await planned(people);
    const {ann, bob} = served;
    await bob.devices[0].change('plans', text => inAll(text, answer(bob, 'ACCEPTED')));
    await expectAgreement(served, ann, bob);
    const ask = (...more: string[]) =>
      ann.client.request('POST', `${ann.home}outbox/`, {
        headers: {...habits.headers, 'content-type': 'text/calendar'},
        body: [
          ...[
            'BEGIN:VCALENDAR',
            'VERSION:2.0',
            'METHOD:REQUEST',
            'PRODID:-//Apple Inc.//macOS 14.5//EN',
            'BEGIN:VFREEBUSY',
            'UID:1',
          ],
          ...['DTSTAMP:20370901T080000Z', 'DTSTART:20371005T000000Z', 'DTEND:20371006T000000Z', `ORGANIZER:${ann.address}`],
          ...[`ATTENDEE:${bob.address}`, ...more, 'END:VFREEBUSY', 'END:VCALENDAR', ''],
        ].join('\r\n'),
      });
    expect((await ask()).text).toContain('20371005T080000Z/');
    expect((await ask('X-CALENDARSERVER-MASK-UID:plans')).text).not.toContain('20371005T080000Z/');
  });

  test('goes by Schedule-Tags: an organizer’s change passes after an answer has come, which is kept (RFC 6638 §3.2.10)', async () => {
    const served = await planned(people);
    const {ann, bob} = served;
    const stale = ann.devices[1].event('plans');
    await bob.devices[0].change('plans', text => inAll(text, answer(bob, 'ACCEPTED')));
    await served.delivered();
    const put = await ann.client.put(stale.href, rename('Renamed')(stale.text), {
      ...habits.headers,
      ...habits.condition(stale.held),
    });
    expect(put.status).toBe(204);
    await expectAgreement(served, ann, bob);
    expect(partstatsOf(ann.devices[0].event('plans').text, bob)).toEqual(['ACCEPTED']);
    expect(bob.devices[0].event('plans').text).toContain('SUMMARY:Renamed');
    // What another device of ann's has changed it does not know of.
    const again = await ann.client.put(stale.href, rename('Lost')(stale.text), {
      ...habits.headers,
      ...habits.condition(stale.held),
    });
    expect(again.status).toBe(412);
  });

  test('an attendee who answers what has been moved meanwhile is told by 412, and answers that', async () => {
    const served = await planned(people);
    const {ann, bob} = served;
    const stale = bob.devices[0].event('plans');
    await ann.devices[0].change('plans', text => inAll(text, toHour(12)));
    await served.delivered();
    const put = await bob.client.put(stale.href, inAll(stale.text, answer(bob, 'ACCEPTED')), habits.condition(stale.held));
    expect(put.status).toBe(412);
    await bob.sync();
    await bob.devices[0].change('plans', text => inAll(text, answer(bob, 'ACCEPTED')));
    await expectAgreement(served, ann, bob);
    expect(partstatsOf(ann.devices[0].event('plans').text, bob)).toEqual(['ACCEPTED']);
  });

  test('sends the header without a tag where it was given none, and both may be', async () => {
    const {ann, client} = await party({ann: habits}).then(served => ({...served, client: served.ann.client}));
    const url = `${ann.home}calendar/own.ics`;
    expect((await client.put(url, event('own'), {'if-none-match': '*'})).headers.get('schedule-tag')).toBeNull();
    expect(
      (await client.put(url, event('own', '20371005T100000Z'), {...habits.headers, 'if-schedule-tag-match': ''})).status,
    ).toBe(204);
  });

  test('names people by principal URL and urn:uuid, and they are who they are', async () => {
    const served = await party(people);
    const {ann, bob} = served;
    const named = meeting('plans', ann, [bob])
      .replace(
        `ORGANIZER;CN="ann";EMAIL="ann@example.com":${ann.address}`,
        `ORGANIZER;CN="ann":/principals/__uids__/${guidOf(1)}/`,
      )
      .replace(`RSVP=TRUE:${bob.address}`, `RSVP=TRUE:urn:uuid:${guidOf(2)}`);
    await ann.devices[0].make('plans', named);
    await served.delivered();
    await bob.sync();
    const own = (text: string) => text.replace(/^(ATTENDEE.*)PARTSTAT=NEEDS-ACTION(.*:urn:uuid:)/m, '$1PARTSTAT=ACCEPTED$2');
    await bob.devices[0].change('plans', own);
    await served.delivered();
    await ann.sync();
    expect(ann.devices[1].event('plans').text).toMatch(/^ATTENDEE.*PARTSTAT=ACCEPTED.*:urn:uuid:/m);
  });

  test('marks a copy as free, and as seen, on one device: nobody is told, the other shows it', async () => {
    const served = await planned(people);
    const {ann, bob} = served;
    await bob.devices[0].change('plans', text => inAll(text, answer(bob, 'ACCEPTED')));
    await expectAgreement(served, ann, bob);
    await ann.devices[0].takeInbox();
    const edit = (part: string) =>
      addLine('X-APPLE-NEEDS-REPLY:FALSE')(addLine('TRANSP:TRANSPARENT')(part.replace(/^TRANSP.*\r\n/m, '')));
    await bob.devices[0].change('plans', text => inAll(text, edit));
    await expectAgreement(served, ann, bob);
    expect(bob.devices[1].event('plans').text).toContain('TRANSP:TRANSPARENT');
    expect(ann.devices[0].event('plans').text).not.toContain('TRANSP:TRANSPARENT');
    expect(await ann.devices[0].takeInbox()).toEqual([]);
  });

  test('deletes without notifying (Schedule-Reply: F), and with', async () => {
    const served = await party(people);
    const {ann, bob} = served;
    for (const silent of [true, false]) {
      await ann.devices[0].make(`plans-${silent}`, meeting(`plans-${silent}`, ann, [bob]));
      await served.delivered();
      await bob.sync();
      await bob.devices[0].remove(`plans-${silent}`, {silent});
      await served.delivered();
      await ann.sync();
      expect(partstatsOf(ann.devices[0].event(`plans-${silent}`).text, bob)).toEqual([silent ? 'NEEDS-ACTION' : 'DECLINED']);
    }
  });
});
