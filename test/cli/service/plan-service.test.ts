import {mkdir, writeFile} from 'node:fs/promises';
import {userInfo} from 'node:os';
import {dirname, join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {planService} from '../../../src/cli/service/plan-service.ts';
import type {PlistValue} from '../../../src/config/key.ts';
import {parseConfig} from '../../../src/config/load.ts';
import {temporaryFolder} from '../../support/temporary.ts';

/** A folder with what a server reads, and what its service is to be. */
async function planned(plist: Record<string, PlistValue>, {own = false, without = ''} = {}) {
  const folder = await temporaryFolder();
  const file = join(folder, 'conf/caldavd-dev.plist');
  const config = parseConfig({plist: {UserName: userInfo().username, ...plist}, file, folder});
  for (const path of [file, config.directory.xmlFile, join(folder, 'conf/tls/ca-key.pem')]) {
    await mkdir(dirname(path), {recursive: true});
    if (!path.endsWith(without) || without === '') await writeFile(path, '');
  }
  const account = own ? undefined : {name: userInfo().username, uid: process.geteuid!(), gid: process.getegid!()};
  return {folder, service: await planService(config, account, {name: 'caldav', own})};
}

const here = {
  DocumentRoot: 'data/documents',
  DataRoot: 'data',
  AccessLogFile: 'logs/access.log',
  ErrorLogFile: 'logs/error.log',
  ServerStatsFile: '',
  PIDFile: 'run/caldavd.pid',
  ControlSocket: 'run/caldavd.sock',
  DirectoryService: {type: 'XMLDirectoryService', params: {xmlFile: 'conf/auth/accounts.xml'}},
};

describe('the service of a configuration', () => {
  test('runs as UserName where that account may read everything', async () => {
    expect((await planned(here)).service.user).toBe(userInfo().username);
  });

  test('begins as root where it may not', async () => {
    expect((await planned(here, {without: 'accounts.xml'})).service.user).toBeUndefined();
  });

  test('one user’s own names no account', async () => {
    expect((await planned(here, {own: true})).service).toMatchObject({user: undefined, group: undefined});
  });

  test('writes the folders of data, logs and run, and that of a certificate which it renews', async () => {
    const {folder, service} = await planned(here);
    expect(service.writable).toEqual(['data/documents', 'data', 'logs', 'run'].map(name => join(folder, name)));
    const tls = {SSLCertificate: 'conf/tls/server.pem', SSLPrivateKey: 'conf/tls/server-key.pem'};
    const renewing = await planned({...here, ...tls});
    expect(renewing.service.writable).toContain(join(renewing.folder, 'conf/tls'));
    const bought = await planned({...here, ...tls}, {without: 'ca-key.pem'});
    expect(bought.service.writable).not.toContain(join(bought.folder, 'conf/tls'));
  });

  test.each([
    [{HTTPPort: 8008, SSLPort: 0}, false],
    [{HTTPPort: 80, SSLPort: 0}, true],
    [{HTTPPort: 8008, SSLPort: 0, BindHTTPPorts: [8008, 81]}, true],
    [{HTTPPort: 80, SSLPort: 0, BindHTTPPorts: [8008]}, false],
  ])('%j: a low port, %s', async (ports, low) => {
    expect((await planned({...here, ...ports})).service.lowPort).toBe(low);
  });
});
