import {describe, expect, test} from 'vitest';
import {elements, text} from '../../../src/xml/element.ts';
import {caldav, dav} from '../../../src/xml/names.ts';
import {grant, setAcl, user} from '../../support/acl.ts';
import {event} from '../../support/events.ts';
import {guidOf, serve} from '../../support/serve.ts';

const home = '/calendars/users/ann/';

describe('RFC 6638 §3.2.4.1 CALDAV:unique-scheduling-object-resource, where UniqueUIDsInHome wants it', () => {
  test('a UID that another calendar has is refused, with its href in the form asked for', async () => {
    const {ann} = await serve({ann: [event('a')]}, {plist: {UniqueUIDsInHome: true}});
    await ann.request('MKCOL', `${home}folder/`);
    await ann.request('MKCALENDAR', `${home}folder/deep/`);
    for (const form of [home, `/calendars/__uids__/${guidOf(1)}/`]) {
      const {status, error, xml} = await ann.put(`${form}folder/deep/a.ics`, event('a'));
      expect([status, error]).toEqual([403, caldav('unique-scheduling-object-resource')]);
      expect(text(elements(elements(xml!)[0]!, dav('href'))[0]!)).toBe(`${form}calendar/1.ics`);
    }
    expect((await ann.put(`${home}calendar/b.ics`, event('a'))).error).toBe(caldav('no-uid-conflict'));
  });

  test('whoever may not read the one that has it is not told where it is', async () => {
    const {ann, ben} = await serve({ann: [], ben: []}, {plist: {UniqueUIDsInHome: true}});
    await ann.request('MKCALENDAR', `${home}hidden/`);
    await ann.put(`${home}hidden/a.ics`, event('a'));
    await ann.put(`${home}calendar/b.ics`, event('b').replace('PRODID', 'X-CALENDARSERVER-ACCESS:PRIVATE\r\nPRODID'));
    await setAcl(ann, `${home}calendar/`, grant(user(2), dav('read'), dav('bind')));
    for (const [uid, condition] of [
      ['a', 'unique-scheduling-object-resource'],
      ['b', 'no-uid-conflict'],
    ] as const) {
      const {error, text} = await ben.put(`${home}calendar/c.ics`, event(uid));
      expect(error).toBe(caldav(condition));
      expect(text).not.toMatch(/hidden|b\.ics/);
    }
  });

  test('what is written over, moved, or in another home is no conflict; a copy is one', async () => {
    const {ann, ben} = await serve({ann: [event('a')], ben: []}, {plist: {UniqueUIDsInHome: true}});
    await ann.request('MKCALENDAR', `${home}other/`);
    const to = {destination: `${home}other/a.ics`};
    expect((await ann.put(`${home}calendar/1.ics`, event('a', '20270101T100000Z'))).status).toBe(204);
    expect((await ben.put('/calendars/users/ben/calendar/a.ics', event('a'))).status).toBe(201);
    expect((await ann.request('COPY', `${home}calendar/1.ics`, {headers: to})).status).toBe(403);
    expect((await ann.request('MOVE', `${home}calendar/1.ics`, {headers: to})).status).toBe(201);
  });

  test('left alone, a home holds it twice: Thunderbird moves an event by storing it first', async () => {
    const {ann} = await serve({ann: [event('a')]});
    await ann.request('MKCALENDAR', `${home}other/`);
    expect((await ann.put(`${home}other/a.ics`, event('a'))).status).toBe(201);
    expect((await ann.delete(`${home}calendar/1.ics`)).status).toBe(204);
  });
});
