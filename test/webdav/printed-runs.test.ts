import {describe, expect, test} from 'vitest';
import {text} from '../../src/xml/element.ts';
import {dav} from '../../src/xml/names.ts';
import {serve} from '../support/serve.ts';

const folder = '/calendars/users/ann/files/';
const nameOf = (number: number) => `${String(number).padStart(4, '0')}.txt`;

describe('RFC 4918 §9.1 PROPFIND of many members', () => {
  test('tells each member once and as it is, in the order of their names, whatever came, changed or went before', async () => {
    const {ann} = await serve({ann: []});
    await ann.request('MKCOL', folder);
    const there = new Map<string, string>();
    const put = async (number: number, body: string) => {
      const {status, headers} = await ann.request('PUT', folder + nameOf(number), {body});
      expect(status).toBe(there.has(nameOf(number)) ? 204 : 201);
      there.set(nameOf(number), headers.get('etag')!);
    };
    const remove = async (number: number) => {
      expect((await ann.request('DELETE', folder + nameOf(number))).status).toBe(204);
      there.delete(nameOf(number));
    };
    const listed = async () => {
      const {responses} = await ann.propfind(folder, 1, dav('getetag'));
      const members = [...responses].filter(([href]) => href !== folder);
      return members.map(([href, {properties}]) => [href.slice(folder.length), text(properties.get(dav('getetag'))!)]);
    };
    const expected = () => [...there].sort(([a], [b]) => (a < b ? -1 : 1));

    await Promise.all(Array.from({length: 140}, (_, at) => put(10 * at, 'as it came')));
    expect(await listed()).toEqual(expected());
    const changes = [
      () => put(300, 'changed'),
      () => put(0, 'the first changed'),
      () => put(1390, 'the last changed'),
      () => put(305, 'between two'),
      () => put(306, 'and one more'),
      () => remove(630),
      () => remove(640),
      () => remove(0),
      () => put(2000, 'at the end'),
      () => ann.request('MKCOL', `${folder}0700-folder/`).then(() => ann.request('DELETE', `${folder}0700-folder/`)),
    ];
    for (const change of changes) {
      await change();
      expect(await listed()).toEqual(expected());
    }
  });

  test('shows a collection among them', async () => {
    const {ann} = await serve({ann: []});
    await ann.request('MKCOL', folder);
    for (const name of ['a.txt', 'c.txt']) await ann.request('PUT', folder + name, {body: name});
    const hrefs = async () => [...(await ann.propfind(folder, 1, dav('getetag'))).responses.keys()];
    await hrefs();
    await ann.request('MKCOL', `${folder}b/`);
    expect(await hrefs()).toEqual([folder, `${folder}a.txt`, `${folder}b/`, `${folder}c.txt`]);
  });
});
