import {describe, expect, test} from 'vitest';
import {dav} from '../../src/xml/names.ts';
import {sharedServer} from '../support/shared-server.ts';

const home = '/calendars/users/ann/';
const laughs = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">${Array.from({length: 9}, (_, at) => `<!ENTITY lol${at + 1} "${`&lol${at || ''};`.repeat(10)}">`).join('')}]>
<D:propfind xmlns:D="DAV:"><D:prop><D:displayname>&lol9;</D:displayname></D:prop></D:propfind>`;

const bodies = [
  ['no XML', 'hello'],
  ['XML that ends early', '<D:propfind xmlns:D="DAV:"><D:prop>'],
  ['a prefix that is not declared', '<D:propfind><D:allprop/></D:propfind>'],
  ['a prefix declared as nothing', '<D:propfind xmlns:D="DAV:"><D:prop><bar:foo xmlns:bar=""/></D:prop></D:propfind>'],
  ['entities that expand a billionfold', laughs],
  ['a document type alone', '<!DOCTYPE a><D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>'],
  [
    'elements a thousand deep',
    `<D:propfind xmlns:D="DAV:"><D:prop>${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}</D:prop></D:propfind>`,
  ],
  [
    'thousands of attributes',
    `<D:propfind xmlns:D="DAV:" ${Array.from({length: 2000}, (_, at) => `a${at}=""`).join(' ')}><D:allprop/></D:propfind>`,
  ],
  ['bytes that are no UTF-8', new Uint8Array([...Buffer.from('<a>'), 0xff, ...Buffer.from('</a>')])],
  ['a control character', '<D:propfind xmlns:D="DAV:"><D:prop><a>\u0001</a></D:prop></D:propfind>'],
] as const;

const served = sharedServer({ann: []});

describe('RFC 4918 §8.2 and §17.6: bodies that are no acceptable XML', () => {
  test.each(bodies)('%s is refused with 400 and a sentence, by every method that reads XML', async (_what, body) => {
    const {ann} = served();
    const headers = {'content-type': 'application/xml'};
    for (const [method, path] of [
      ['PROPFIND', home],
      ['PROPPATCH', home],
      ['REPORT', home],
      ['MKCOL', `${home}new/`],
      ['MKCALENDAR', `${home}new/`],
    ] as const) {
      const answer = await ann.request(method, path, {body, headers, depth: 0});
      expect({method, status: answer.status}).toEqual({method, status: 400});
      expect(answer.text).toMatch(/\w+ .*\.\n$/);
    }
    expect((await ann.propfind(`${home}new/`)).status).toBe(404);
  });

  test.each([
    ['PROPFIND', '<D:propfind xmlns:D="DAV:"/>', 400],
    ['PROPFIND', '<D:propfind xmlns:D="DAV:"><D:prop/><D:allprop/></D:propfind>', 400],
    ['PROPFIND', '<D:propertyupdate xmlns:D="DAV:"/>', 400],
    ['PROPFIND', '<propfind><allprop/></propfind>', 400],
    ['PROPPATCH', '<D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>', 400],
    ['PROPPATCH', '', 400],
    ['REPORT', '', 400],
  ])('%s refuses the wrong document: %s', async (method, body, status) => {
    const {ann} = served();
    expect((await ann.request(method, home, {body, depth: 0})).status).toBe(status);
  });

  test.each([
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><D:propfind xmlns:D="DAV:"><D:prop><a>&x;</a></D:prop></D:propfind>',
    '<!DOCTYPE a PUBLIC "-//x//y" "http://127.0.0.1/x.dtd"><D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>',
  ])('§16 DAV:no-external-entities: %s', async body => {
    const {ann} = served();
    for (const method of ['PROPFIND', 'PROPPATCH', 'REPORT']) {
      const {status, error} = await ann.request(method, home, {body, depth: 0});
      expect([method, status, error]).toEqual([method, 403, dav('no-external-entities')]);
    }
  });

  test('UTF-16 with its mark is XML too', async () => {
    const {ann} = served();
    const body = new Uint8Array(Buffer.from('\ufeff<propfind xmlns="DAV:"><prop><displayname/></prop></propfind>', 'utf16le'));
    const {status, responses} = await ann.request('PROPFIND', home, {body, depth: 0});
    expect(status).toBe(207);
    expect(responses.get(home)!.properties.has(dav('displayname'))).toBe(true);
  });
});

test('more XML than a parser should be busy with is refused with 413', async () => {
  const {ann} = served();
  const body = `<D:propfind xmlns:D="DAV:"><D:allprop/>${' '.repeat(4 * 1024 * 1024)}</D:propfind>`;
  expect((await ann.request('PROPFIND', home, {body, depth: 0})).status).toBe(413);
});

test('so are more elements than the largest multiget has, with 400', async () => {
  const {ann} = served();
  const body = (count: number) => `<D:propfind xmlns:D="DAV:"><D:prop>${'<D:getetag/>'.repeat(count)}</D:prop></D:propfind>`;
  expect((await ann.request('PROPFIND', home, {body: body(60_000), depth: 0})).status).toBe(400);
  expect((await ann.request('PROPFIND', home, {body: body(50_010), depth: 0})).status).toBe(207);
});
