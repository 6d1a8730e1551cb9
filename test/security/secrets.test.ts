import {createHash} from 'node:crypto';
import {expect, test} from 'vitest';
import {accessLine} from '../../src/http/access-log.ts';
import {createLog} from '../../src/server/error-log.ts';
import {Client} from '../support/client.ts';
import {serve} from '../support/serve.ts';
import {raw} from '../webdav/raw.ts';

test('no log has a password, right or wrong, whatever way it came', async () => {
  const lines: string[] = [];
  const secret = 'c0rrect-h0rse';
  const wrong = 'wr0ng-battery';
  const {base} = await serve(
    {ann: []},
    {
      records: `<user><uid>dora</uid><guid>20000000-0000-0000-0000-000000000001</guid><password>${secret}</password><name>Dora</name></user>`,
      log: createLog('debug', line => lines.push(line)),
      access: entry => lines.push(accessLine(entry, true)),
    },
  );
  const path = '/calendars/users/dora/';
  for (const password of [secret, wrong]) {
    const dora = new Client(base, 'dora', password);
    await dora.propfind(path, 1);
    await dora.put(`${path}calendar/x.ics`, 'no calendar');
    await dora.request('REPORT', `${path}calendar/`, {body: `<a password="${password}">`});
    await raw(base, 'GET', `${base.replace('://', `://dora:${password}@`)}${path}`);
    await raw(base, 'GET', `${path}?token=${password}&x=1;password=${password}`, {
      referer: `http://dora:${password}@x/?key=${password}`,
    });
    await raw(base, 'GET', path, {authorization: `Digest username="dora", response="${password}"`});
    await raw(base, 'GET', path, {authorization: `Bearer ${password}`});
    await raw(base, 'GET', path, {authorization: `Basic ${Buffer.from(password).toString('base64')}`});
    await raw(base, 'GET', path, {authorization: `Basic ${Buffer.from(`\r\ndora:${password}`).toString('base64')}`});
  }
  expect(lines.length).toBeGreaterThan(10);
  const all = lines.join('');
  for (const password of [secret, wrong]) {
    const hash = (algorithm: string) => createHash(algorithm).update(`dora:Test Realm:${password}`).digest('hex');
    const forms = [password, encodeURIComponent(password), hash('md5'), hash('sha256')];
    for (const form of [...forms, ...['', 'dora:'].map(name => Buffer.from(name + password).toString('base64'))]) {
      expect(all).not.toContain(form);
    }
  }
});
