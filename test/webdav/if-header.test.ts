import {describe, expect, test} from 'vitest';
import {parseIf} from '../../src/webdav/if-header.ts';
import {serve} from '../support/serve.ts';

const home = '/calendars/users/ann/';

describe('RFC 4918 §10.4 If', () => {
  test('the examples are understood', () => {
    expect(parseIf('(<urn:uuid:181d4fae> ["I am an ETag"]) (["I am another ETag"])')).toEqual([
      {
        resource: undefined,
        conditions: [
          {not: false, token: 'urn:uuid:181d4fae', etag: undefined},
          {not: false, token: undefined, etag: '"I am an ETag"'},
        ],
      },
      {resource: undefined, conditions: [{not: false, token: undefined, etag: '"I am another ETag"'}]},
    ]);
    expect(parseIf('(Not <urn:uuid:181d4fae> <urn:uuid:58f202ac>)')[0]!.conditions.map(({not}) => not)).toEqual([true, false]);
    expect(parseIf('</resource1> (<urn:uuid:1> [W/"A weak ETag"]) (["strong ETag"])').map(({resource}) => resource)).toEqual([
      '/resource1',
      '/resource1',
    ]);
  });

  test.each(['', '()', 'x', '(x)', '("x")', '(<a>', '<a>', '(<a>) <b> (<c>)', '(["a)'])('%s is malformed: 400', header => {
    expect(() => parseIf(header)).toThrowError(expect.objectContaining({status: 400}));
  });

  test('one list must hold: with the ETag as it is, or with a lock that there is not', async () => {
    const {ann} = await serve({ann: []});
    const etag = (await ann.put(`${home}a.txt`, 'a')).headers.get('etag')!;
    const put = async (condition: string) => (await ann.put(`${home}a.txt`, 'a', {if: condition})).status;
    expect(await put('(["old"])')).toBe(412);
    expect(await put('(<urn:uuid:1>)')).toBe(412);
    expect(await put('(<DAV:no-lock>)')).toBe(412);
    expect(await put(`([${etag}])`)).toBe(204);
    expect(await put(`(<urn:uuid:1>) ([${etag}])`)).toBe(204);
    expect(await put('(Not <DAV:no-lock>)')).toBe(204);
    expect(await put(`(Not [${etag}])`)).toBe(412);
  });

  test('a list may be about another resource', async () => {
    const {ann, base} = await serve({ann: []});
    const etag = (await ann.put(`${home}a.txt`, 'a')).headers.get('etag')!;
    const move = (condition: string) =>
      ann.request('MOVE', `${home}a.txt`, {headers: {destination: `${home}b.txt`, if: condition}});
    expect((await move(`<${base}${home}none.txt> ([${etag}])`)).status).toBe(412);
    expect((await move(`<${base}${home}a.txt> ([${etag}])`)).status).toBe(201);
  });
});
