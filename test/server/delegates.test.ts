import {writeFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {accountsXml, serverFolder} from './server.ts';

const members = (...hrefs: string[]) =>
  `<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><D:group-member-set>${hrefs
    .map(href => `<D:href>${href}</D:href>`)
    .join('')}</D:group-member-set></D:prop></D:set></D:propertyupdate>`;

test('every process of a running server goes by a change at once, whether a client makes it or the command line', async () => {
  const server = await serverFolder({ProcessType: 'Combined', MultiProcess: {ProcessCount: 2}});
  writeFileSync(server.path('conf/auth/accounts.xml'), accountsXml('ann', 'bob'));
  expect(await server.run('run', '-d').done).toMatchObject({code: 0});
  // A connection each, so that both workers are asked.
  const ask = (method: string, path: string, name: string, body?: string) =>
    fetch(server.url + path, {
      method,
      headers: {authorization: `Basic ${Buffer.from(`${name}:${name}`).toString('base64')}`, connection: 'close', depth: '0'},
      ...(body === undefined ? {} : {body}),
    });
  const statuses = async () => {
    const answers = await Promise.all(Array.from({length: 12}, () => ask('PROPFIND', '/calendars/users/ann/calendar/', 'bob')));
    return [...new Set(answers.map(({status}) => status))];
  };
  const set = (...hrefs: string[]) => ask('PROPPATCH', '/principals/users/ann/calendar-proxy-read/', 'ann', members(...hrefs));
  expect(await statuses()).toEqual([403]);
  expect((await set('/principals/users/bob/')).status).toBe(207);
  expect(await statuses()).toEqual([207]);
  expect((await set()).status).toBe(207);
  expect(await statuses()).toEqual([403]);
  expect(await server.run('proxy', 'add', 'ann', 'bob').done).toMatchObject({code: 0});
  expect(await statuses()).toEqual([207]);
  expect(await server.run('proxy', 'remove', 'ann', 'bob').done).toMatchObject({code: 0});
  expect(await statuses()).toEqual([403]);
  expect(await server.run('stop').done).toMatchObject({code: 0});
});
