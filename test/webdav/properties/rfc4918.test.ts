import {describe, expect, test} from 'vitest';
import {element, text} from '../../../src/xml/element.ts';
import {dav, type Name} from '../../../src/xml/names.ts';
import type {Client} from '../../support/client.ts';
import {event} from '../../support/events.ts';
import {serve} from '../../support/serve.ts';

const home = '/calendars/users/ann/';
const paths = [
  '/',
  '/principals/users/ann/',
  '/calendars/',
  home,
  `${home}calendar/`,
  `${home}calendar/1.ics`,
  `${home}f/`,
  `${home}f/a.txt`,
];

async function told(client: Client, path: string, name: Name): Promise<string | null> {
  const {properties} = (await client.propfind(path, 0, name)).responses.get(path)!;
  return properties.has(name) ? text(properties.get(name)!) : null;
}

describe('RFC 4918 §15: properties of what GET answers', () => {
  test.each([
    ['§15.5', 'getcontenttype', 'content-type'],
    ['§15.6', 'getetag', 'etag'],
    ['§15.7', 'getlastmodified', 'last-modified'],
  ])('%s DAV:%s is what GET says in %s, of collections too', async (_, name, header) => {
    const {ann} = await serve({ann: [event('1')]});
    await ann.request('MKCOL', `${home}f/`);
    await ann.put(`${home}f/a.txt`, 'x', {'content-type': 'text/plain'});
    for (const path of paths) {
      const value = (await ann.get(path)).headers.get(header);
      expect([path, await told(ann, path, dav(name))]).toEqual([path, value]);
    }
  });

  test('a calendar that GET only lists is a page', async () => {
    const {ann} = await serve({ann: []}, {plist: {EnableMonolithicCalendars: false}});
    const {headers} = await ann.get(`${home}calendar/`);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await told(ann, `${home}calendar/`, dav('getcontenttype'))).toBe('text/html; charset=utf-8');
    expect(await told(ann, `${home}calendar/`, dav('getetag'))).toBe(headers.get('etag'));
  });

  test.each(['calendar/', 'f/'])(
    'RFC 9110 §13.1.1 the entity tag of %s is a condition for changing it, until something in it changes',
    async name => {
      const {ann} = await serve({ann: [event('1')]});
      await ann.request('MKCOL', `${home}f/`);
      await ann.put(`${home}f/a.txt`, 'x', {'content-type': 'text/plain'});
      const path = home + name;
      const patch = async (headers: Record<string, string>) => {
        const body = element(dav('propertyupdate'), element(dav('set'), element(dav('prop'), element(dav('displayname'), 'x'))));
        return (await ann.request('PROPPATCH', path, {body, headers})).status;
      };
      const etag = (await ann.get(path)).headers.get('etag')!;
      expect(await patch({'if-match': etag})).toBe(207);
      expect(await patch({'if-match': etag})).toBe(412);
      expect(await patch({if: `([${(await told(ann, path, dav('getetag')))!}])`})).toBe(207);
      expect(await patch({if: `([${etag}])`})).toBe(412);
      expect((await ann.delete(path, {'if-match': etag})).status).toBe(412);
      expect((await ann.delete(path, {'if-match': (await ann.get(path)).headers.get('etag')!})).status).toBe(204);
    },
  );
});
