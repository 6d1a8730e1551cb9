import {createServer} from 'node:net';
import {describe, expect, test} from 'vitest';
import {parseConfig} from '../../../src/config/load.ts';
import {checkPorts, judgePort} from '../../../src/doctor/checks/ports.ts';
import type {Running} from '../../../src/doctor/running.ts';
import {freePort, listen} from '../../support/loopback.ts';

const busyPort = () => listen(createServer());

async function check(plist: Record<string, unknown>, running?: Running) {
  const config = parseConfig({plist: plist as never, file: '/nowhere/caldavd.plist', folder: '/nowhere'});
  return checkPorts(config, running);
}

describe('ports', () => {
  test('one that another program holds is found', async () => {
    const port = await busyPort();
    const [result] = await check({HTTPPort: port, SSLPort: 0, BindAddresses: ['127.0.0.1']});
    expect(result).toMatchObject({status: 'fail', details: {port}, fix: expect.stringContaining('caldav config set HTTPPort')});
  });

  test('one that our running server holds is well; one that it does not hold is not, though it runs', async () => {
    const port = await busyPort();
    const plist = {HTTPPort: port, SSLPort: 0, BindAddresses: ['127.0.0.1']};
    const ours = {pid: 50, bound: [{host: '127.0.0.1', port, tls: false}]};
    expect(await check(plist, ours)).toMatchObject([{status: 'ok', message: expect.stringContaining('process 50')}]);
    expect(await check(plist, {pid: 50, bound: [{host: '127.0.0.1', port: 1, tls: false}]})).toMatchObject([{status: 'fail'}]);
    expect(await check(plist, {pid: 50, bound: undefined})).toMatchObject([{status: 'ok'}]);
  });

  test('a free one is well, and is free again afterwards', async () => {
    const plist = {HTTPPort: await freePort(), SSLPort: 0, BindAddresses: ['127.0.0.1']};
    expect(await check(plist)).toMatchObject([{status: 'ok'}]);
    expect(await check(plist)).toMatchObject([{status: 'ok'}]);
  });

  test('an address that is not this machine’s, no port at all, and a TLS port without a certificate', async () => {
    const [result] = await check({HTTPPort: 8008, SSLPort: 0, BindAddresses: ['192.0.2.1']});
    expect(result).toMatchObject({status: 'fail', fix: expect.stringContaining('BindAddresses')});
    expect(await check({HTTPPort: 0, SSLPort: 0})).toMatchObject([{status: 'fail'}]);
    expect(await check({HTTPPort: 8008, SSLPort: 8443})).toMatchObject([
      {status: 'fail', fix: expect.stringContaining('setup --renew')},
    ]);
  });

  test('a privileged one names the ways out', () => {
    const error = Object.assign(new Error('no'), {code: 'EACCES'});
    const result = judgePort({host: undefined, port: 443, tls: true}, error, undefined);
    expect(result).toMatchObject({status: 'fail', fix: expect.stringContaining('ip_unprivileged_port_start=443')});
  });
});
