import {writeFile} from 'node:fs/promises';
import type {AddressInfo} from 'node:net';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {parseConfig} from '../../../src/config/load.ts';
import type {DoctorContext} from '../../../src/doctor/check.ts';
import {judge, ports} from '../../../src/doctor/checks/ports.ts';
import {listeningInodes} from '../../../src/doctor/listening.ts';
import {temporaryFolder} from '../../support/temporary.ts';

async function busyPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function check(plist: Record<string, unknown>, folder: string) {
  const config = parseConfig({plist: plist as never, file: join(folder, 'caldavd.plist'), folder});
  return ports.run({config, folders: []} as unknown as DoctorContext);
}

describe('ports', () => {
  test('one that another program holds is found, with the program where the system tells', async () => {
    const folder = await temporaryFolder();
    const port = await busyPort();
    const [result] = await check({HTTPPort: port, SSLPort: 0, BindAddresses: ['127.0.0.1']}, folder);
    expect(result).toMatchObject({status: 'fail', details: {port}});
    expect(result!.fix).toContain('caldav config set HTTPPort');
    if (process.platform === 'linux') expect(result!.details).toMatchObject({pid: process.pid});
  });

  test('one that our running server holds is well', async () => {
    const folder = await temporaryFolder();
    const port = await busyPort();
    await writeFile(join(folder, 'server.pid'), `${process.pid}\n`);
    const plist = {HTTPPort: port, SSLPort: 0, BindAddresses: ['127.0.0.1'], PIDFile: 'server.pid'};
    expect(await check(plist, folder)).toMatchObject([{status: 'ok', message: expect.stringContaining('held by this server')}]);
  });

  test('a free one is well, and is free again afterwards', async () => {
    const folder = await temporaryFolder();
    const server = createServer();
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    const {port} = server.address() as AddressInfo;
    await new Promise(done => server.close(done));
    const plist = {HTTPPort: port, SSLPort: 0, BindAddresses: ['127.0.0.1']};
    expect(await check(plist, folder)).toMatchObject([{status: 'ok'}]);
    expect(await check(plist, folder)).toMatchObject([{status: 'ok'}]);
  });

  test('an address that is not this machine’s, and no port at all', async () => {
    const folder = await temporaryFolder();
    const [result] = await check({HTTPPort: 8008, SSLPort: 0, BindAddresses: ['192.0.2.1']}, folder);
    expect(result).toMatchObject({status: 'fail', fix: expect.stringContaining('BindAddresses')});
    expect(await check({HTTPPort: 0, SSLPort: 0}, folder)).toMatchObject([{status: 'fail'}]);
  });

  test('a privileged one names the three ways out', () => {
    const result = judge({protocol: 'https:', address: undefined, port: 443}, {code: 'EACCES'}, undefined);
    expect(result).toMatchObject({status: 'fail', message: 'port 443 is for root alone'});
    expect(result.fix).toContain('caldav config set SSLPort 8443');
    expect(result.fix).toContain('ip_unprivileged_port_start=443');
  });

  test('a holder that is not ours is not taken for the running server', () => {
    const holder = {pid: 99, name: 'nginx', ancestors: [1]};
    const endpoint = {protocol: 'http:', address: undefined, port: 80} as const;
    expect(judge(endpoint, {code: 'EADDRINUSE', holder}, 50).status).toBe('fail');
    expect(judge(endpoint, {code: 'EADDRINUSE', holder: {...holder, ancestors: [50, 1]}}, 50).status).toBe('ok');
  });
});

test('proc(5): /proc/net/tcp is read: listening sockets of that port only', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F48 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1
   1: 0100007F:1F48 0100007F:AB12 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1
   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1
`;
  expect(listeningInodes(table, 8008)).toEqual(['4711']);
  expect(listeningInodes(table, 80)).toEqual(['4713']);
});
