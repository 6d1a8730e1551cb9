import {describe, expect, test} from 'vitest';
import {element, elements, text} from '../../../src/xml/element.ts';
import {caldav, dav} from '../../../src/xml/names.ts';
import {parseXml} from '../../../src/xml/parse.ts';
import {serve} from '../../support/serve.ts';

const home = '/calendars/users/ann/';
const path = `${home}new/`;

const mkcol = (inner: string) =>
  parseXml(
    `<D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:E="urn:example"><D:set><D:prop>${inner}</D:prop></D:set></D:mkcol>`,
  );

describe('RFC 4918 §9.3 MKCOL', () => {
  test('makes an ordinary collection: 201', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.request('MKCOL', path)).status).toBe(201);
    const {properties} = (await ann.propfind(path, 0, dav('resourcetype'))).responses.get(path)!;
    expect(properties.get(dav('resourcetype'))!.children).toEqual([element(dav('collection'))]);
  });

  test('where something is: 405; without its parent: 409; with a body it does not know: 415', async () => {
    const {ann} = await serve({ann: []});
    await ann.put(`${home}a.txt`, 'a');
    expect((await ann.request('MKCOL', `${home}calendar/`)).status).toBe(405);
    expect((await ann.request('MKCOL', `${home}a.txt`)).status).toBe(405);
    expect((await ann.request('MKCOL', home)).status).toBe(405);
    expect((await ann.request('MKCOL', `${home}no/new/`)).status).toBe(409);
    expect((await ann.request('MKCOL', path, {body: 'x', headers: {'content-type': 'text/plain'}})).status).toBe(415);
    expect((await ann.request('MKCOL', path, {body: element(dav('propfind'))})).status).toBe(415);
    expect((await ann.propfind(path)).status).toBe(404);
  });
});

describe('RFC 5689 §3 extended MKCOL', () => {
  test('makes what DAV:resourcetype asks for, with the properties given', async () => {
    const {ann} = await serve({ann: []});
    const body = mkcol(
      '<D:resourcetype><D:collection/><C:calendar/></D:resourcetype><D:displayname>Work</D:displayname><E:mood>good</E:mood>',
    );
    expect((await ann.request('MKCOL', path, {body})).status).toBe(201);
    const names = [dav('resourcetype'), dav('displayname'), '{urn:example}mood'] as const;
    const {properties} = (await ann.propfind(path, 0, ...names)).responses.get(path)!;
    expect(elements(properties.get(dav('resourcetype'))!).map(({name}) => name)).toEqual([dav('collection'), caldav('calendar')]);
    expect(text(properties.get(dav('displayname'))!)).toBe('Work');
    expect(text(properties.get('{urn:example}mood')!)).toBe('good');
  });

  test('a type that there is not: 403 DAV:valid-resourcetype, the others 424, nothing made', async () => {
    const {ann} = await serve({ann: []});
    const body = mkcol('<D:resourcetype><D:collection/><E:special/></D:resourcetype><D:displayname>x</D:displayname>');
    const {status, xml} = await ann.request('MKCOL', path, {body});
    expect({status, root: xml!.name}).toEqual({status: 403, root: dav('mkcol-response')});
    const propstats = elements(xml!, dav('propstat')).map(propstat => [
      elements(elements(propstat, dav('prop'))[0]!)[0]!.name,
      text(elements(propstat, dav('status'))[0]!),
      elements(propstat, dav('error')).flatMap(error => elements(error).map(({name}) => name)),
    ]);
    expect(propstats).toEqual([
      [dav('resourcetype'), 'HTTP/1.1 403 Forbidden', [dav('valid-resourcetype')]],
      [dav('displayname'), 'HTTP/1.1 424 Failed Dependency', []],
    ]);
    expect((await ann.propfind(path)).status).toBe(404);
  });

  test.each([
    '<D:resourcetype><C:calendar/></D:resourcetype>',
    '<D:resourcetype/>',
    '<D:resourcetype><D:collection/><D:principal/></D:resourcetype>',
  ])('%s is no type of collection that can be made', async type => {
    const {ann} = await serve({ann: []});
    expect((await ann.request('MKCOL', path, {body: mkcol(type)})).status).toBe(403);
  });

  test('a protected property: 403 with its condition, nothing made', async () => {
    const {ann} = await serve({ann: []});
    const answer = await ann.request('MKCOL', path, {body: mkcol('<D:displayname>x</D:displayname><D:getetag>x</D:getetag>')});
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('cannot-modify-protected-property');
    expect((await ann.propfind(path)).status).toBe(404);
  });
});
