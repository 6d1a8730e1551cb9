import {describe, expect, test} from 'vitest';
import {parsePrefer} from '../../src/webdav/prefer.ts';
import {element} from '../../src/xml/element.ts';
import {caldav, dav, type Name} from '../../src/xml/names.ts';
import {timesAsLong} from '../support/cost.ts';
import {event} from '../support/events.ts';
import {serve} from '../support/serve.ts';

const home = '/calendars/users/ann/';
const file = `${home}calendar/1.ics`;

const prefer = (method: string, headers: Record<string, string>) =>
  parsePrefer({method, headers, path: '/', query: '', body: new Uint8Array(), address: '', secure: false});

describe('RFC 7240 §2 Prefer', () => {
  test.each([
    ['return=minimal', 'minimal'],
    ['respond-async, RETURN = "minimal"; x="a,b"', 'minimal'],
    ['handling=lenient, wait=5, return=minimal', 'minimal'],
    ['return=minimal, return=representation', 'minimal'],
    ['foo="a, return=minimal"', undefined],
    ['return=representation', undefined],
    ['return', undefined],
    ['return=', undefined],
    ['xreturn=minimal', undefined],
    [',,;=";', undefined],
  ])('%s', (sent, expected) => {
    expect(prefer('PROPFIND', {prefer: sent}).return).toBe(expected);
  });

  test.each(['"', '\\"', '\\', '"\\"'])('the header is read once, however many of %s do not end', part => {
    const read = (parts: string) => prefer('PROPFIND', {prefer: `return=minimal, x="${parts}`});
    const parts = part.repeat(50_001);
    expect(read(parts).return).toBe('minimal');
    const plain = 'a'.repeat(parts.length);
    expect(
      timesAsLong(
        () => read(parts),
        () => read(plain),
      ),
    ).toBeLessThan(500);
  });

  test('what the method cannot do is not said to be done (§3)', () => {
    expect(prefer('PROPFIND', {prefer: 'return=representation, depth-noroot', depth: '0'}).applied).toEqual({});
    expect(prefer('PUT', {prefer: 'return=minimal, depth-noroot', depth: '1'}).applied).toEqual({});
    expect(prefer('PUT', {prefer: 'return=representation', brief: 't'}).return).toBe('representation');
  });
});

describe('RFC 8144 §2 return=minimal', () => {
  const set = element(dav('set'), element(dav('prop'), element(dav('displayname'), 'A')));

  test.each([
    ['MKCOL', element(dav('mkcol'), set)],
    ['MKCALENDAR', element(caldav('mkcalendar'), set)],
  ])('%s: 201, with nothing but what was applied', async (method, body) => {
    const {ann} = await serve({ann: []});
    const made = await ann.request(method, `${home}new/`, {body, headers: {prefer: 'return=minimal'}});
    expect([made.status, made.text, made.headers.get('preference-applied')]).toEqual([201, '', 'return=minimal']);
  });

  test('PROPPATCH: 200 and nothing; a refusal is told whole', async () => {
    const {ann} = await serve({ann: []});
    const patch = (...names: Name[]) =>
      ann.request('PROPPATCH', `${home}calendar/`, {
        headers: {prefer: 'return=minimal'},
        body: element(dav('propertyupdate'), element(dav('set'), element(dav('prop'), ...names.map(name => element(name, 'x'))))),
      });
    const done = await patch(dav('displayname'));
    expect([done.status, done.text, done.headers.get('preference-applied')]).toEqual([200, '', 'return=minimal']);
    const refused = await patch(dav('displayname'), dav('getetag'));
    expect(refused.status).toBe(207);
    expect([...refused.responses.values()][0]!.refused).toEqual(
      new Map([
        [dav('displayname'), 424],
        [dav('getetag'), 403],
      ]),
    );
  });
});

describe('RFC 8144 §3.2 return=representation of what a condition failed on', () => {
  test.each([
    ['If-Match', {'if-match': '"old"'}],
    ['If-None-Match', {'if-none-match': '*'}],
  ])('%s: 412 with what is there now, its ETag and where it is', async (_name, condition) => {
    const {ann} = await serve({ann: [event('1')]});
    const now = await ann.get(file);
    const refused = await ann.put(file, event('1', '20270101T100000Z'), {...condition, prefer: 'return=representation'});
    expect([refused.status, refused.text]).toEqual([412, now.text]);
    for (const name of ['etag', 'content-type']) expect(refused.headers.get(name)).toBe(now.headers.get(name));
    expect(refused.headers.get('content-location')).toBe(file);
    expect(refused.headers.get('preference-applied')).toBe('return=representation');
    expect((await ann.get(file)).text).toBe(now.text);
  });

  test('in the form that was sent, where any will do', async () => {
    const {ann} = await serve({ann: [event('1')]});
    const sent = {'content-type': 'application/calendar+json', prefer: 'return=representation'};
    const jcal = JSON.stringify(JSON.parse((await ann.get(file, {accept: 'application/calendar+json'})).text));
    for (const accept of ['*/*', 'application/*, text/*', 'x/y']) {
      const put = await ann.put(file, jcal, {...sent, accept});
      expect([put.status, put.headers.get('content-type')]).toEqual([200, 'application/calendar+json;charset=utf-8']);
    }
    const asked = await ann.put(file, jcal, {...sent, accept: 'application/calendar+json;q=0.5, */*'});
    expect(asked.headers.get('content-type')).toBe('text/calendar;charset=utf-8');
  });

  test('not without the preference, nor where nothing is', async () => {
    const {ann} = await serve({ann: [event('1')]});
    const plain = await ann.put(file, event('1'), {'if-match': '"old"'});
    expect([plain.status, plain.headers.get('content-location')]).toEqual([412, null]);
    const gone = await ann.put(`${home}calendar/2.ics`, event('2'), {'if-match': '"old"', prefer: 'return=representation'});
    expect([gone.status, gone.headers.get('content-location')]).toEqual([412, null]);
  });

  test('not to those who may not read it', async () => {
    const {ann, bob} = await serve({ann: [event('1')], bob: []});
    const refused = await bob.put(file, event('1'), {'if-match': '"old"', prefer: 'return=representation'});
    expect(refused.status).toBe(403);
    expect(refused.text).not.toContain('VCALENDAR');
    expect((await ann.get(file)).status).toBe(200);
  });
});
