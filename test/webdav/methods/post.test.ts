import {describe, expect, test} from 'vitest';
import {text} from '../../../src/xml/element.ts';
import {caldav, dav} from '../../../src/xml/names.ts';
import {event} from '../../support/events.ts';
import {serve} from '../../support/serve.ts';

const home = '/calendars/users/ann/';

describe('RFC 5995 POST to add members', () => {
  test('DAV:add-member names the URL; what is posted there gets a name, a Location and an ETag (§3.2)', async () => {
    const {ann} = await serve({ann: []});
    const path = `${home}calendar/`;
    const {properties} = (await ann.propfind(path, 0, dav('add-member'))).responses.get(path)!;
    const to = text(properties.get(dav('add-member'))!);
    const headers = {'content-type': 'text/calendar; charset=utf-8'};
    const {status, headers: answer} = await ann.request('POST', to, {body: event('posted'), headers});
    expect(status).toBe(201);
    expect(answer.get('location')).toMatch(/^\/calendars\/users\/ann\/calendar\/[\w-]+\.ics$/);
    const got = await ann.get(answer.get('location')!);
    expect({text: got.text, etag: got.headers.get('etag')}).toEqual({text: event('posted'), etag: answer.get('etag')});
    expect((await ann.request('POST', to, {body: event('posted'), headers})).error).toBe(caldav('no-uid-conflict'));
    expect((await ann.request('POST', to, {body: 'no calendar', headers})).error).toBe(caldav('valid-calendar-data'));
  });

  test('in an ordinary collection any file may be posted, also by ?add-member', async () => {
    const {ann} = await serve({ann: []});
    await ann.request('MKCOL', `${home}files/`);
    const {headers} = await ann.request('POST', `${home}files/?add-member`, {body: 'x', headers: {'content-type': 'text/plain'}});
    expect(headers.get('location')).toMatch(/files\/[\w-]+\.txt$/);
    expect((await ann.get(headers.get('location')!)).text).toBe('x');
  });

  test('elsewhere nothing takes a POST', async () => {
    const {ann} = await serve({ann: []});
    await ann.put(`${home}a.txt`, 'x');
    const refused = await ann.request('POST', home, {body: 'x'});
    expect(refused.status).toBe(405);
    const allow = refused.headers.get('allow')!.split(', ');
    expect(allow).toEqual(expect.arrayContaining(['OPTIONS', 'PROPFIND', 'GET']));
    expect(allow).not.toContain('POST');
    expect((await ann.request('POST', `${home}a.txt`, {body: 'x'})).status).toBe(405);
    expect((await ann.request('POST', `${home}nothing`, {body: 'x'})).status).toBe(404);
    expect((await ann.request('POST', '/principals/users/ann/', {body: 'x'})).status).toBe(405);
  });
});
