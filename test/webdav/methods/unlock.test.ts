import {describe, expect, test} from 'vitest';
import {dav} from '../../../src/xml/names.ts';
import {serve} from '../../support/serve.ts';
import {discovered, lock, unlock} from '../locks/lock-requests.ts';

const files = '/calendars/users/ann/files/';

async function withFiles() {
  const served = await serve({ann: [], bob: [], admin: []});
  await served.ann.request('MKCOL', files);
  for (const name of ['a.txt', 'b.txt']) await served.ann.put(files + name, name);
  return served;
}

describe('RFC 4918 §9.11 UNLOCK', () => {
  test('§9.11.1 removes the lock from all it covers, whichever of that it is sent to', async () => {
    const {ann} = await withFiles();
    const {token} = await lock(ann, files, {depth: 'infinity'});
    expect((await unlock(ann, `${files}a.txt`, token)).status).toBe(204);
    for (const path of ['', 'a.txt', 'b.txt']) expect(await discovered(ann, files + path)).toEqual([]);
  });

  test('a token of another resource, or none at all: 409 lock-token-matches-request-uri; no token: 400', async () => {
    const {ann} = await withFiles();
    const {token} = await lock(ann, `${files}a.txt`);
    for (const [path, sent] of [
      ['b.txt', token],
      ['', token],
      ['a.txt', 'urn:uuid:none'],
    ]) {
      const {status, error} = await unlock(ann, files + path, sent!);
      expect({status, error}).toEqual({status: 409, error: dav('lock-token-matches-request-uri')});
    }
    expect((await ann.request('UNLOCK', `${files}a.txt`)).status).toBe(400);
    expect((await ann.request('UNLOCK', `${files}a.txt`, {headers: {'lock-token': token}})).status).toBe(400);
    expect((await ann.request('UNLOCK', `${files}none`, {headers: {'lock-token': `<${token}>`}})).status).toBe(404);
    expect(await discovered(ann, `${files}a.txt`)).toHaveLength(1);
  });

  test('RFC 3744 §3.5 another may do it who has DAV:unlock, and no one else', async () => {
    const {ann, bob, admin} = await withFiles();
    const {token} = await lock(admin, `${files}a.txt`);
    expect((await unlock(bob, `${files}a.txt`, token)).status).toBe(403);
    expect((await unlock(ann, `${files}a.txt`, token)).status).toBe(204);
    const second = await lock(ann, `${files}a.txt`);
    expect((await unlock(admin, `${files}a.txt`, second.token)).status).toBe(204);
  });
});
