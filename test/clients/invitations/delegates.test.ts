import {describe, expect, test} from 'vitest';
import {element} from '../../../src/xml/element.ts';
import {dav} from '../../../src/xml/names.ts';
import {guidOf} from '../../support/serve.ts';
import {type Account, expectAgreement, party} from './account.ts';
import {evolution, macos, thunderbird} from './habits.ts';
import {answer, inAll, meeting, partstatsOf, rename} from './meeting.ts';

const guids = {ann: guidOf(1), bob: guidOf(2)};

/** The boss is ann, who lets bob act for her; cid is invited, or invites. */
async function office(access: 'read' | 'write') {
  const served = await party({ann: macos, bob: thunderbird, cid: evolution});
  const {ann, bob} = served;
  const members = element(dav('group-member-set'), element(dav('href'), `/principals/__uids__/${guids.bob}/`));
  const {responses} = await ann.client.proppatch(`/principals/__uids__/${guids.ann}/calendar-proxy-${access}/`, members);
  expect([...responses.values()].flatMap(({refused}) => [...refused])).toEqual([]);
  const as = (owner: Account, method: string, path: string, options: Parameters<typeof bob.client.request>[2] = {}) =>
    bob.client.request(method, `${owner.home}${path}`, options);
  return {...served, as};
}

const calendarType = {'content-type': 'text/calendar; charset=utf-8'};
const sentBy = (line: string) => line.replace(/(ORGANIZER|ATTENDEE)(.*:mailto:ann@)/i, '$1;SENT-BY="mailto:bob@example.com"$2');

describe('RFC 6638 §6.2, calendar-proxy: a delegate who may write', () => {
  test('invites for the boss, and changes and calls off what the boss has: it comes from the boss, SENT-BY the delegate', async () => {
    const served = await office('write');
    const {ann, bob, cid, as} = served;
    const text = meeting('plans', ann, [cid]).replace(/^ORGANIZER.*$/m, sentBy);
    expect(
      (await as(ann, 'PUT', 'calendar/plans.ics', {body: text, headers: {...calendarType, 'if-none-match': '*'}})).status,
    ).toBe(201);
    await expectAgreement(served, ann, cid);
    expect(cid.devices[0].event('plans').text).toMatch(
      /^ORGANIZER.*SENT-BY="mailto:bob@example.com".*:mailto:ann@example.com\r$/m,
    );
    await cid.devices[0].change('plans', each => inAll(each, answer(cid, 'ACCEPTED')));
    await expectAgreement(served, ann, cid);
    expect(await ann.devices[0].takeInbox()).toEqual(['REPLY']);

    const {href, held, text: now} = ann.devices[0].event('plans');
    const renamed = await bob.client.put(href, rename('Renamed')(now), {'if-match': held.etag!});
    expect(renamed.status).toBe(204);
    await expectAgreement(served, ann, cid);
    expect(cid.devices[0].event('plans').text).toContain('SUMMARY:Renamed');
    expect(partstatsOf(cid.devices[0].event('plans').text, cid)).toEqual(['ACCEPTED']);
    expect((await bob.client.delete(href)).status).toBe(204);
    await expectAgreement(served, ann, cid);
    expect(cid.devices[0].event('plans').text).toContain('STATUS:CANCELLED');
    await bob.sync();
    expect([bob.devices[0].calendar.texts(), bob.devices[0].inbox.texts()]).toEqual([[], []]);
  });

  test('answers for the boss, and clears the boss’s Inbox; what both are invited to each answers for themselves', async () => {
    const served = await office('write');
    const {ann, bob, cid, as} = served;
    await cid.devices[0].make('plans', meeting('plans', cid, [ann, bob]));
    await expectAgreement(served, cid, ann, bob);
    const {href, held, text} = ann.devices[0].event('plans');
    const accepted = inAll(text, part => answer(ann, 'ACCEPTED')(part).replace(/^ATTENDEE.*:mailto:ann@.*$/im, sentBy));
    expect((await bob.client.put(href, accepted, {'if-schedule-tag-match': held.scheduleTag!})).status).toBe(204);
    await expectAgreement(served, cid, ann, bob);
    const theirs = cid.devices[0].event('plans').text;
    expect([partstatsOf(theirs, ann), partstatsOf(theirs, bob)]).toEqual([['ACCEPTED'], ['NEEDS-ACTION']]);
    const [reply] = cid.devices[0].inbox.texts().map(each => each.replace(/\r\n[ \t]/g, ''));
    expect(reply).toMatch(/^ATTENDEE.*SENT-BY="mailto:bob@example.com".*:mailto:ann@example.com\r$/im);

    const [item, ...others] = ann.devices[0].inbox.objects.keys();
    expect([(await bob.client.delete(item!)).status, others]).toEqual([204, []]);
    await bob.devices[0].change('plans', each => inAll(each, answer(bob, 'DECLINED')));
    expect((await as(ann, 'DELETE', href.slice(ann.home.length))).status).toBe(204);
    await expectAgreement(served, cid, ann, bob);
    const last = cid.devices[0].event('plans').text;
    expect([partstatsOf(last, ann), partstatsOf(last, bob)]).toEqual([['DECLINED'], ['DECLINED']]);
  });

  test('asks when others are busy from the boss’s Outbox, as the boss', async () => {
    const {ann, bob, cid, as} = await office('write');
    const ask = (organizer: Account) =>
      as(ann, 'POST', 'outbox/', {
        headers: calendarType,
        body: [
          ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'METHOD:REQUEST', 'PRODID:-//x//EN', 'BEGIN:VFREEBUSY', 'UID:1'],
          ...['DTSTAMP:20370901T080000Z', 'DTSTART:20371005T000000Z', 'DTEND:20371006T000000Z', `ORGANIZER:${organizer.address}`],
          ...[`ATTENDEE:${cid.address}`, 'END:VFREEBUSY', 'END:VCALENDAR', ''],
        ].join('\r\n'),
      });
    expect((await ask(ann)).status).toBe(200);
    expect((await ask(bob)).error).toBe('{urn:ietf:params:xml:ns:caldav}valid-organizer');
  });

  test('who stores a meeting of their own among the boss’s invites nobody by that', async () => {
    const served = await office('write');
    const {bob, cid, ann, as} = served;
    const put = await as(ann, 'PUT', 'calendar/plans.ics', {body: meeting('plans', bob, [cid]), headers: calendarType});
    expect(put.status).toBe(201);
    await served.delivered();
    await cid.sync();
    expect(cid.devices[0].calendar.texts()).toEqual([]);
  });
});

describe('RFC 6638 §6.2, calendar-proxy: a delegate who may read', () => {
  test('sees the boss’s meetings and Inbox, and can neither invite, answer, clear it nor ask in the boss’s name', async () => {
    const served = await office('read');
    const {ann, bob, cid, as} = served;
    await cid.devices[0].make('plans', meeting('plans', cid, [ann]));
    await expectAgreement(served, cid, ann);
    const {href, text} = ann.devices[0].event('plans');
    expect((await bob.client.get(href)).status).toBe(200);
    const [item] = ann.devices[0].inbox.objects.keys();
    expect((await bob.client.get(item!)).status).toBe(200);
    const refused = [
      await bob.client.put(href, inAll(text, answer(ann, 'ACCEPTED'))),
      await as(ann, 'PUT', 'calendar/own.ics', {body: meeting('own', ann, [cid]), headers: calendarType}),
      await bob.client.delete(href),
      await bob.client.delete(item!),
      await as(ann, 'POST', 'outbox/', {headers: calendarType, body: ''}),
    ];
    expect(refused.map(({status, error}) => [status, error])).toEqual(refused.map(() => [403, dav('need-privileges')]));
    await expectAgreement(served, cid, ann);
    expect(partstatsOf(cid.devices[0].event('plans').text, ann)).toEqual(['NEEDS-ACTION']);
  });
});
