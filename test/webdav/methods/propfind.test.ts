import {describe, expect, test} from 'vitest';
import {element, elements, text} from '../../../src/xml/element.ts';
import {calendarserver, dav, type Name} from '../../../src/xml/names.ts';
import {parseXml} from '../../../src/xml/parse.ts';
import {serve} from '../../support/serve.ts';

const home = '/calendars/users/ann/';
const unknown: Name = '{urn:example}nothing';

describe('RFC 4918 §9.1 PROPFIND', () => {
  test('properties that are there are 200, those that are not 404, each in one propstat', async () => {
    const {ann} = await serve({ann: []});
    const {xml, status} = await ann.propfind(
      home,
      0,
      dav('resourcetype'),
      unknown,
      dav('displayname'),
      calendarserver('pushkey'),
    );
    expect(status).toBe(207);
    const [response] = elements(xml!, dav('response'));
    const propstats = elements(response!, dav('propstat')).map(propstat => ({
      names: elements(elements(propstat, dav('prop'))[0]!).map(({name}) => name),
      status: text(elements(propstat, dav('status'))[0]!),
    }));
    expect(propstats).toEqual([
      {names: [dav('resourcetype'), dav('displayname')], status: 'HTTP/1.1 200 OK'},
      {names: [unknown, calendarserver('pushkey')], status: 'HTTP/1.1 404 Not Found'},
    ]);
  });

  test('a DAV:prop of nothing is answered with an empty 200', async () => {
    const {ann} = await serve({ann: []});
    const {xml} = await ann.request('PROPFIND', home, {depth: 0, body: element(dav('propfind'), element(dav('prop')))});
    const propstats = elements(elements(xml!, dav('response'))[0]!, dav('propstat'));
    expect(propstats.map(propstat => text(elements(propstat, dav('status'))[0]!))).toEqual(['HTTP/1.1 200 OK']);
  });

  test('no body, and DAV:allprop: RFC 4918’s properties and the dead ones', async () => {
    const {ann} = await serve({ann: []});
    await ann.put(`${home}a.txt`, 'abc', {'content-type': 'text/plain'});
    await ann.proppatch(`${home}a.txt`, element('{urn:example}mood', 'good'));
    for (const body of [undefined, element(dav('propfind'), element(dav('allprop')))]) {
      const {responses} = await ann.request('PROPFIND', `${home}a.txt`, {depth: 0, body});
      const {properties, refused} = responses.get(`${home}a.txt`)!;
      expect([...properties.keys()].sort()).toEqual(
        [
          dav('creationdate'),
          dav('getcontentlength'),
          dav('getcontenttype'),
          dav('getetag'),
          dav('getlastmodified'),
          dav('lockdiscovery'),
          dav('resourcetype'),
          dav('supportedlock'),
          '{urn:example}mood',
        ].sort(),
      );
      expect(refused.size).toBe(0);
      expect(text(properties.get(dav('getcontentlength'))!)).toBe('3');
      expect(text(properties.get(dav('getcontenttype'))!)).toBe('text/plain');
      expect(text(properties.get(dav('creationdate'))!)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
      expect(text(properties.get(dav('getlastmodified'))!)).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
    }
  });

  test('DAV:include adds what DAV:allprop leaves out; what is not there is 404', async () => {
    const {ann} = await serve({ann: []});
    const include = element(dav('include'), element(dav('supported-report-set')), element(unknown));
    const body = element(dav('propfind'), element(dav('allprop')), include);
    const {properties, refused} = (await ann.request('PROPFIND', home, {depth: 0, body})).responses.get(home)!;
    expect(properties.has(dav('supported-report-set'))).toBe(true);
    expect(properties.has(dav('resourcetype'))).toBe(true);
    expect([...refused]).toEqual([[unknown, 404]]);
  });

  test('DAV:propname: the names of what is there, without values', async () => {
    const {ann} = await serve({ann: []});
    const body = element(dav('propfind'), element(dav('propname')));
    const {properties, refused} = (await ann.request('PROPFIND', home, {depth: 0, body})).responses.get(home)!;
    expect([...properties.keys()]).toEqual(expect.arrayContaining([dav('resourcetype'), dav('sync-token')]));
    expect(properties.has(dav('getcontentlength'))).toBe(false);
    expect([...properties.values()].every(({children}) => children.length === 0)).toBe(true);
    expect(refused.size).toBe(0);
  });

  test('Depth: 1 has the collection first, then its members', async () => {
    const {ann} = await serve({ann: []});
    const {responses} = await ann.propfind(home, 1, dav('getetag'));
    expect([...responses.keys()]).toEqual(['', 'calendar/', 'inbox/', 'outbox/', 'tasks/'].map(each => home + each));
  });

  test('Depth: infinity is refused on collections: DAV:propfind-finite-depth; so is a Depth that is missing', async () => {
    const {ann} = await serve({ann: []});
    for (const path of ['/', '/principals/', '/calendars/', home, `${home}calendar/`]) {
      const {status, error} = await ann.propfind(path, 'infinity', dav('getetag'));
      expect({path, status, error}).toEqual({path, status: 403, error: dav('propfind-finite-depth')});
      expect((await ann.request('PROPFIND', path)).error).toBe(dav('propfind-finite-depth'));
    }
  });

  test('Depth: infinity, or none, on what is no collection is Depth: 0', async () => {
    const {ann} = await serve({ann: []});
    await ann.put(`${home}x.txt`, 'x');
    for (const headers of [{depth: 'infinity'}, {} as Record<string, string>]) {
      const {responses} = await ann.request('PROPFIND', `${home}x.txt`, {headers});
      expect([...responses.keys()]).toEqual([`${home}x.txt`]);
    }
  });

  test('of one resource in a home, the answer says when it changed', async () => {
    const {ann} = await serve({ann: []});
    const one = await ann.propfind(home, 0, dav('getlastmodified'));
    const said = text(one.responses.get(home)!.properties.get(dav('getlastmodified'))!);
    expect(one.headers.get('last-modified')).toBe(said);
    expect((await ann.propfind(home, 1, dav('getlastmodified'))).headers.get('last-modified')).toBeNull();
    // RFC 9110 §13.1.3: the condition is for GET and HEAD alone.
    const again = await ann.request('PROPFIND', home, {depth: 0, headers: {'if-modified-since': said}});
    expect(again.status).toBe(207);
  });

  test('more properties than any client asks for are 400', async () => {
    const {ann} = await serve({ann: []});
    const names = Array.from({length: 1001}, (_, at): Name => `{urn:x}p${at}`);
    expect((await ann.propfind(home, 1, ...names)).status).toBe(400);
    expect((await ann.propfind(home, 1, ...names.slice(1))).status).toBe(207);
  });

  test('a principal has one level below it, so that a missing Depth does no harm', async () => {
    const {ann} = await serve({ann: []});
    const {responses} = await ann.request('PROPFIND', '/principals/users/ann/');
    const path = '/principals/users/ann/';
    expect([...responses.keys()]).toEqual([path, `${path}calendar-proxy-read/`, `${path}calendar-proxy-write/`]);
  });

  test('a collection asked for without its slash is answered with its URL in Content-Location (§5.2)', async () => {
    const {ann} = await serve({ann: []});
    for (const path of ['/calendars/users/ann/calendar', '/principals/users/ann', '/principals']) {
      expect((await ann.propfind(path, 0, dav('resourcetype'))).headers.get('content-location')).toBe(`${path}/`);
      expect((await ann.propfind(`${path}/`, 0, dav('resourcetype'))).headers.get('content-location')).toBeNull();
    }
  });

  test('any other Depth is 400', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.request('PROPFIND', home, {headers: {depth: '2'}})).status).toBe(400);
  });

  test('what is not there is 404', async () => {
    const {ann} = await serve({ann: []});
    for (const path of [`${home}nothing/`, '/calendars/users/nobody/', '/elsewhere/', '/principals/users/nobody/']) {
      expect((await ann.propfind(path, 0, dav('getetag'))).status).toBe(404);
    }
  });

  test('where clients begin the answer has the DAV header, for Nextcloud’s library reads it there; in homes OPTIONS alone has', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.propfind(home, 0, dav('resourcetype'))).headers.get('dav')).toBeNull();
    const {headers} = await ann.propfind('/principals/users/ann/', 0, dav('resourcetype'));
    expect(headers.get('dav')).toMatch(/^1, .*\bextended-mkcol\b.*\bcalendar-access\b/);
  });

  test('a listing longer than one chunk is whole', async () => {
    const {ann} = await serve({ann: []});
    await ann.request('MKCOL', `${home}many/`);
    await Promise.all(Array.from({length: 600}, (_, at) => ann.put(`${home}many/${at}.txt`, String(at))));
    const {responses, text: body} = await ann.propfind(`${home}many/`, 1);
    expect(body.length).toBeGreaterThan(3 * 65_536);
    expect(responses.size).toBe(601);
  });
});

describe('RFC 8144 §4 Prefer: depth-noroot', () => {
  test('the members come without the collection', async () => {
    const {ann} = await serve({ann: []});
    const body = element(dav('propfind'), element(dav('prop'), element(dav('resourcetype'))));
    const prefer = {prefer: 'return=minimal, depth-noroot'};
    const answer = await ann.request('PROPFIND', home, {depth: 1, body, headers: prefer});
    expect([...answer.responses.keys()]).toEqual(['calendar/', 'inbox/', 'outbox/', 'tasks/'].map(each => home + each));
    expect(answer.headers.get('preference-applied')).toBe('return=minimal, depth-noroot');
    expect([...(await ann.request('PROPFIND', home, {depth: 0, body, headers: prefer})).responses.keys()]).toEqual([home]);
  });
});

describe('RFC 8144 Prefer: return=minimal', () => {
  const body = element(dav('propfind'), element(dav('prop'), element(dav('displayname')), element(unknown)));

  test.each([
    ['Prefer', {prefer: 'return=minimal'}, 'return=minimal'],
    ['Prefer among others', {prefer: 'respond-async, return="minimal"; x=y'}, 'return=minimal'],
    ['Brief', {brief: 't'}, null],
  ])('%s: nothing is said of properties that are not there', async (_name, headers, applied) => {
    const {ann} = await serve({ann: []});
    const answer = await ann.request('PROPFIND', home, {depth: 0, body, headers});
    const {properties, refused} = answer.responses.get(home)!;
    expect([...properties.keys()]).toEqual([dav('displayname')]);
    expect(refused.size).toBe(0);
    expect(answer.headers.get('preference-applied')).toBe(applied);
    expect(answer.headers.get('vary')).toMatch(/Prefer/);
  });

  test('where none of them is there: one empty 200 (§2.1)', async () => {
    const {ann} = await serve({ann: []});
    const only = element(dav('propfind'), element(dav('prop'), element(unknown)));
    const {xml} = await ann.request('PROPFIND', home, {depth: 0, body: only, headers: {prefer: 'return=minimal'}});
    const [propstat, ...others] = elements(elements(xml!, dav('response'))[0]!, dav('propstat'));
    expect(others).toEqual([]);
    expect(text(elements(propstat!, dav('status'))[0]!)).toBe('HTTP/1.1 200 OK');
    expect(elements(propstat!, dav('prop'))[0]!.children).toEqual([]);
  });

  test('PROPPATCH that succeeds is 200 without a body (§2.2)', async () => {
    const {ann} = await serve({ann: []});
    const update = parseXml(
      '<propertyupdate xmlns="DAV:"><set><prop><displayname>Me</displayname></prop></set></propertyupdate>',
    );
    const {status, bytes} = await ann.request('PROPPATCH', home, {body: update, headers: {prefer: 'return=minimal'}});
    expect({status, length: bytes.length}).toEqual({status: 200, length: 0});
    const refused = parseXml('<propertyupdate xmlns="DAV:"><set><prop><getetag>x</getetag></prop></set></propertyupdate>');
    expect((await ann.request('PROPPATCH', home, {body: refused, headers: {prefer: 'return=minimal'}})).status).toBe(207);
  });
});
