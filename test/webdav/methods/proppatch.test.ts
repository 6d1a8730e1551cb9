import {describe, expect, test} from 'vitest';
import {element, text} from '../../../src/xml/element.ts';
import {dav, xml} from '../../../src/xml/names.ts';
import {parseXml} from '../../../src/xml/parse.ts';
import {serve} from '../../support/serve.ts';

const home = '/calendars/users/ann/';
const mood = '{urn:example}mood' as const;

const update = (inner: string, attributes = '') =>
  parseXml(`<D:propertyupdate xmlns:D="DAV:" xmlns:E="urn:example" ${attributes}>${inner}</D:propertyupdate>`);

describe('RFC 4918 §9.2 PROPPATCH', () => {
  test('sets, replaces and removes, in the order given', async () => {
    const {ann} = await serve({ann: []});
    const body = update(
      `<D:set><D:prop><E:mood>bad</E:mood><E:other>1</E:other></D:prop></D:set>
<D:remove><D:prop><E:other/></D:prop></D:remove><D:set><D:prop><E:mood>good</E:mood></D:prop></D:set>`,
    );
    const answer = await ann.request('PROPPATCH', home, {body});
    expect(answer.status).toBe(207);
    expect([...answer.responses.get(home)!.properties.keys()]).toEqual([mood, '{urn:example}other']);
    const {properties, refused} = (await ann.propfind(home, 0, mood, '{urn:example}other')).responses.get(home)!;
    expect(text(properties.get(mood)!)).toBe('good');
    expect([...refused]).toEqual([['{urn:example}other', 404]]);
  });

  test('removing what is not there is no error (§14.23)', async () => {
    const {ann} = await serve({ann: []});
    const {responses} = await ann.request('PROPPATCH', home, {body: update('<D:remove><D:prop><E:mood/></D:prop></D:remove>')});
    expect([...responses.get(home)!.properties.keys()]).toEqual([mood]);
  });

  test('one that is refused brings the others down: 403 with its condition, 424 for them, nothing changed', async () => {
    const {ann} = await serve({ann: []});
    const body = update('<D:set><D:prop><E:mood>good</E:mood><D:getetag>"x"</D:getetag></D:prop></D:set>');
    const answer = await ann.request('PROPPATCH', home, {body});
    expect(answer.status).toBe(207);
    expect([...answer.responses.get(home)!.refused]).toEqual([
      [mood, 424],
      [dav('getetag'), 403],
    ]);
    expect(answer.text).toContain('<D:error><D:cannot-modify-protected-property/></D:error>');
    expect((await ann.propfind(home, 0, mood)).responses.get(home)!.refused.get(mood)).toBe(404);
  });

  test.each(['resourcetype', 'creationdate', 'getlastmodified', 'owner', 'acl', 'sync-token', 'quota-used-bytes'].map(dav))(
    '%s is protected',
    async name => {
      const {ann} = await serve({ann: []});
      expect((await ann.proppatch(home, element(name, 'x'))).responses.get(home)!.refused.get(name)).toBe(403);
    },
  );

  test('a value is kept whole: attributes, namespaces, mixed content and white space', async () => {
    const {ann} = await serve({ann: []});
    const value = parseXml(
      `<E:mood xmlns:E="urn:example" xmlns:F="urn:f" kind="x &amp; &quot;y&quot;" F:a="1"> a <F:b F:c="2">é🎉&lt;</F:b>\n\t c <d xmlns=""/></E:mood>`,
    );
    await ann.proppatch(home, value);
    const {properties} = (await ann.propfind(home, 0, mood)).responses.get(home)!;
    expect(properties.get(mood)).toEqual(value);
  });

  test('xml:lang in scope is part of the value (§4.3)', async () => {
    const {ann} = await serve({ann: []});
    const set = '<D:set><D:prop xml:lang="fr"><E:mood>bon</E:mood><E:other xml:lang="de">gut</E:other></D:prop></D:set>';
    await ann.request('PROPPATCH', home, {body: update(set, 'xml:lang="en"')});
    const {properties} = (await ann.propfind(home, 0, mood, '{urn:example}other')).responses.get(home)!;
    expect(properties.get(mood)!.attributes).toEqual({[xml('lang')]: 'fr'});
    expect(properties.get('{urn:example}other')!.attributes).toEqual({[xml('lang')]: 'de'});
  });

  test('DAV:displayname is kept as given and can be removed', async () => {
    const {ann} = await serve({ann: []});
    const path = `${home}calendar/`;
    await ann.proppatch(path, element(dav('displayname'), 'Ärger & <Co>'));
    const set = (await ann.propfind(path, 0, dav('displayname'))).responses.get(path)!;
    expect(text(set.properties.get(dav('displayname'))!)).toBe('Ärger & <Co>');
    await ann.request('PROPPATCH', path, {body: update('<D:remove><D:prop><D:displayname/></D:prop></D:remove>')});
    const removed = (await ann.propfind(path, 0, dav('displayname'))).responses.get(path)!;
    expect(removed.properties.get(dav('displayname'))).not.toEqual(set.properties.get(dav('displayname')));
  });

  test('a change of properties shows in the collection’s tag and in synchronisation', async () => {
    const {ann} = await serve({ann: []});
    const first = await ann.sync(home);
    await ann.proppatch(`${home}calendar/`, element(dav('displayname'), 'New'));
    expect((await ann.sync(home, first.token)).changed).toEqual([`${home}calendar/`]);
  });

  test('properties that are too large together are 507, and nothing is kept', async () => {
    const {ann} = await serve({ann: []}, {plist: {MaxResourceSize: 1000}});
    const large = (name: 'a' | 'b') => ann.proppatch(home, element(`{urn:x}${name}`, 'x'.repeat(600)));
    expect((await large('a')).status).toBe(207);
    expect((await large('a')).status).toBe(207);
    expect((await large('b')).status).toBe(507);
    expect((await ann.propfind(home, 0, '{urn:x}b')).responses.get(home)!.refused.get('{urn:x}b')).toBe(404);
  });

  test('a principal’s cannot be set', async () => {
    const {ann, bob} = await serve({ann: [], bob: []});
    const path = '/principals/users/ann/';
    const {responses} = await ann.proppatch(path, element(dav('displayname'), 'x'));
    expect(responses.get(path)!.refused.get(dav('displayname'))).toBe(403);
    expect((await bob.proppatch(path, element(dav('displayname'), 'x'))).error).toBe(dav('need-privileges'));
  });

  test('nothing asked is nothing done, and said so in a response that is one', async () => {
    const {ann} = await serve({ann: []});
    const {status, text: body} = await ann.request('PROPPATCH', home, {body: update('<D:set><D:prop/></D:set>')});
    expect(status).toBe(207);
    expect(body).toContain('<D:propstat><D:prop></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>');
  });

  test('If-Match is held against the resource as it is', async () => {
    const {ann} = await serve({ann: []});
    await ann.put(`${home}a.txt`, 'a');
    const body = update('<D:set><D:prop><E:mood>good</E:mood></D:prop></D:set>');
    expect((await ann.request('PROPPATCH', `${home}a.txt`, {body, headers: {'if-match': '"other"'}})).status).toBe(412);
  });
});
