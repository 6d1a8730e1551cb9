import {describe, expect, test} from 'vitest';
import {type Element, element} from '../../../src/xml/element.ts';
import {caldav, dav, type Name} from '../../../src/xml/names.ts';
import {printXml} from '../../../src/xml/print.ts';
import type {Client} from '../../support/client.ts';
import {event} from '../../support/events.ts';
import {guidOf, serve} from '../../support/serve.ts';

const calendar = '/calendars/users/ann/calendar/';
const byGuid = `/calendars/__uids__/${guidOf(1)}/calendar/`;

const named = (filter: string, name: string, ...inside: Element[]) => ({
  ...element(caldav(filter), ...inside),
  attributes: {name},
});
const december: Element = {
  ...element(caldav('time-range')),
  attributes: {start: '20261201T000000Z', end: '20270101T000000Z'},
};
const secret = named('prop-filter', 'DESCRIPTION', element(caldav('text-match'), 'secret'));

const query = (inside: Element, ...names: Name[]) =>
  element(
    caldav('calendar-query'),
    element(dav('prop'), ...names.map(name => element(name))),
    element(caldav('filter'), named('comp-filter', 'VCALENDAR', named('comp-filter', 'VEVENT', inside))),
  );
const multiget = (...hrefs: string[]) =>
  element(
    caldav('calendar-multiget'),
    element(dav('prop'), element(dav('getetag')), element(caldav('calendar-data'))),
    ...hrefs.map(href => element(dav('href'), href)),
  );
const sync = element(
  dav('sync-collection'),
  element(dav('sync-token')),
  element(dav('sync-level'), '1'),
  element(dav('prop'), element(dav('getetag')), element(dav('getcontenttype'))),
);
const freeBusy = element(caldav('free-busy-query'), december);

/** Everything that is remembered, asked in every way. */
async function all(client: Client, path = calendar): Promise<string[]> {
  const data = [dav('getetag'), caldav('calendar-data')] as const;
  const answers = await Promise.all([
    client.propfind(path, 1, dav('getetag'), dav('displayname'), dav('nothing')),
    client.propfind(path, 1, dav('getetag'), dav('current-user-privilege-set'), dav('lockdiscovery')),
    client.report(path, sync),
    client.report(path, query(december, ...data)),
    client.report(path, query(december, dav('getetag'))),
    client.report(path, query(secret, ...data)),
    client.report(path, multiget(`${path}1.ics`, `${path}2.ics`, `${path}3.ics`)),
    client.report(path, freeBusy),
    client.request('REPORT', path, {
      body: printXml(query(december, ...data)),
      headers: {'content-type': 'application/xml', prefer: 'return=minimal', 'caldav-timezones': 'F'},
    }),
  ]);
  return answers.map(({text}) => text.replace(/(?<=DTSTAMP:)\w+/g, '').replace(/(?<=opaquelocktoken:)[-\w]+|Second-\d+/g, ''));
}

const at = (day: number, ...lines: string[]) =>
  event(`e${day}`, `202612${String(day).padStart(2, '0')}T100000Z`, 'DESCRIPTION:Secret', ...lines);
const restricted = (day: number) => at(day).replace('PRODID', 'X-CALENDARSERVER-ACCESS:CONFIDENTIAL\r\nPRODID');

/** Ann's calendar, that ben may read; `fresh` is the same data as a server sees it that remembers nothing. */
async function shared(events: readonly string[]) {
  const served = await serve({ann: events, ben: [], admin: []});
  const body = `<D:acl xmlns:D="DAV:"><D:ace><D:principal><D:href>/principals/__uids__/${guidOf(2)}/</D:href></D:principal><D:grant><D:privilege><D:read/></D:privilege></D:grant></D:ace></D:acl>`;
  expect((await served.ann.request('ACL', calendar, {body, headers: {'content-type': 'application/xml'}})).status).toBe(200);
  return served;
}

describe('what is said again of objects that have not changed', () => {
  test('is the same as it was, each time and in each form of the URL', async () => {
    const {ann} = await shared([at(1), at(2), restricted(3)]);
    const first = await all(ann);
    expect(await all(ann)).toEqual(first);
    const other = await all(ann, byGuid);
    expect(other.map(text => text.replaceAll(byGuid, calendar))).toEqual(first);
    expect(other.join('')).not.toContain(calendar);
    expect(await all(ann)).toEqual(first);
  });

  test('never shows one what only another may see, whoever asked first (private events §4.2)', async () => {
    const {ann, ben, admin} = await shared([at(1), at(2), restricted(3)]);
    const uninformed = await all(ben);
    const whole = await all(ann);
    expect(await all(ben)).toEqual(uninformed);
    expect(await all(ann)).toEqual(whole);
    const secrets = (answers: string[]) => answers.join('').split('DESCRIPTION:Secret').length - 1;
    // Of the four answers that give data, those by the text of a description lack the one that is kept from him.
    expect([secrets(whole), secrets(uninformed)]).toEqual([12, 8]);
    expect(secrets(await all(admin))).toBe(12);
    const {responses} = await ben.report(calendar, query(secret, dav('getetag')));
    expect([...responses.keys()]).toEqual([`${calendar}1.ics`, `${calendar}2.ics`]);
  });

  test('is not said to whom it may no longer be said', async () => {
    const {ann, ben} = await shared([at(1), at(2), at(3)]);
    expect((await all(ben)).join('')).toContain('DESCRIPTION:Secret');
    const deny = `<D:acl xmlns:D="DAV:"><D:ace><D:principal><D:all/></D:principal><D:deny><D:privilege><D:read/></D:privilege></D:deny></D:ace></D:acl>`;
    const headers = {'content-type': 'application/xml'};
    expect((await ann.request('ACL', `${calendar}2.ics`, {body: deny, headers})).status).toBe(200);
    const {responses} = await ben.propfind(calendar, 1, dav('getetag'), dav('displayname'), dav('nothing'));
    expect([...responses.keys()]).toEqual([calendar, `${calendar}1.ics`, `${calendar}3.ics`]);
    expect((await ben.report(calendar, multiget(`${calendar}2.ics`))).responses.get(`${calendar}2.ics`)?.status).toBe(403);
  });

  test('is new after each sort of change', async () => {
    const {ann} = await shared([at(1), at(2), at(3)]);
    let before = await all(ann);
    const steps: (() => Promise<{status: number}>)[] = [
      () => ann.put(`${calendar}1.ics`, at(1, 'LOCATION:Elsewhere')),
      () => ann.put(`${calendar}1.ics`, at(4).replace('e4', 'e1')),
      () => ann.proppatch(`${calendar}2.ics`, element(dav('displayname'), 'Second')),
      () => ann.request('MOVE', `${calendar}2.ics`, {headers: {destination: `${calendar}z.ics`}}),
      () => ann.request('MOVE', `${calendar}z.ics`, {headers: {destination: `${calendar}2.ics`}}),
      () => ann.delete(`${calendar}3.ics`),
      () => ann.put(`${calendar}3.ics`, at(3, 'LOCATION:New')),
    ];
    for (const step of steps) {
      expect((await step()).status).toBeLessThan(300);
      const after = await all(ann);
      expect(after).not.toEqual(before);
      // Who has asked nothing yet is told the same.
      expect(await all(ann, byGuid)).toEqual(after.map(text => text.replaceAll(calendar, byGuid)));
      before = after;
    }
    expect(before.join('')).toContain('LOCATION:New');
    expect(before.join('')).not.toContain('LOCATION:Elsewhere');
  });
});
