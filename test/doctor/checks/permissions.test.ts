import {chmod, mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Config} from '../../../src/config/config.ts';
import {parseConfig} from '../../../src/config/load.ts';
import {findAccount} from '../../../src/doctor/account.ts';
import type {DoctorContext} from '../../../src/doctor/check.ts';
import {judgeMode, judgeReach, permissions} from '../../../src/doctor/checks/permissions.ts';
import {temporaryFolder} from '../../support/temporary.ts';

const context = (path: string, more: Partial<DoctorContext> = {}): DoctorContext => ({
  config: undefined,
  plist: undefined,
  folders: [{name: 'DocumentRoot', path}],
  account: undefined,
  url: undefined,
  credentials: undefined,
  ...more,
});

describe('modes', () => {
  test.each([
    ['secret', 0o600, 'ok', ''],
    ['secret', 0o400, 'ok', ''],
    ['secret', 0o640, 'fail', 'chmod 600'],
    ['secret', 0o644, 'fail', 'chmod 600'],
    ['data', 0o750, 'ok', ''],
    ['data', 0o700, 'ok', ''],
    ['data', 0o755, 'fail', 'chmod o-rwx'],
    ['data', 0o701, 'fail', 'chmod o-rwx'],
  ] as const)('%s with mode %o: %s', (sort, mode, status, fix) => {
    const [result] = judgeMode('it', '/srv/it', sort, mode);
    expect(result?.status ?? 'ok').toBe(status);
    if (fix) expect(result!.fix).toBe(`\`${fix} /srv/it\``);
  });
});

describe('reach', () => {
  test('a folder that is there, and one that can be made, are well', async () => {
    const folder = await temporaryFolder();
    expect(await permissions.run(context(folder))).toMatchObject([{status: 'ok'}]);
    expect(await permissions.run(context(join(folder, 'not', 'yet')))).toMatchObject([{status: 'ok'}]);
  });

  const root = process.geteuid?.() === 0;
  const nobody = findAccount({userName: 'nobody', groupName: ''} as Config);

  test.runIf(root)('as the serving account: a parent that it may not pass through is named (as root)', async () => {
    const folder = await temporaryFolder();
    const data = join(folder, 'private', 'data');
    await mkdir(data, {recursive: true});
    await chmod(folder, 0o755);
    await chmod(join(folder, 'private'), 0o700);
    const [result] = await permissions.run(context(data, {account: nobody}));
    expect(result).toMatchObject({status: 'fail', message: expect.stringContaining(`pass through ${join(folder, 'private')}`)});
    expect(result!.fix).toContain(`chmod o+x ${join(folder, 'private')}`);
  });

  test.runIf(root)('as the serving account: a folder that it cannot write to is found (as root)', async () => {
    const folder = await temporaryFolder();
    await chmod(folder, 0o755);
    const [result] = await permissions.run(context(folder, {account: nobody}));
    expect(result).toMatchObject({status: 'fail', message: expect.stringContaining(`nobody cannot write to ${folder}`)});
    expect(result!.fix).toBe(`\`chown -R nobody ${folder} && chmod -R u+rwX ${folder}\``);
  });

  test.runIf(root)('one process alone must read again as the account what it read as root (as root)', async () => {
    const folder = await temporaryFolder();
    await chmod(folder, 0o755);
    const file = join(folder, 'caldavd.plist');
    await writeFile(file, '', {mode: 0o600});
    await writeFile(join(folder, 'accounts.xml'), '', {mode: 0o600});
    const found = async (ProcessType: string) => {
      const plist = {ProcessType, DirectoryService: {type: 'XMLDirectoryService', params: {xmlFile: 'accounts.xml'}}, SSLPort: 0};
      const config = parseConfig({plist, file, folder});
      const results = await permissions.run(context(folder, {config, account: nobody, folders: []}));
      return results.filter(({details}) => Array.isArray(details?.paths));
    };
    expect(await found('Combined')).toEqual([]);
    expect(await found('Single')).toMatchObject([
      {
        status: 'warn',
        details: {paths: [file, join(folder, 'accounts.xml')]},
        fix: expect.stringContaining('ProcessType Combined'),
      },
    ]);
  });

  test.runIf(!root)('a folder that this account cannot write to is found (as an ordinary account)', async () => {
    const folder = await temporaryFolder();
    await chmod(folder, 0o500);
    expect(await permissions.run(context(folder))).toMatchObject([
      {status: 'fail', message: expect.stringContaining('cannot write')},
    ]);
  });
});

describe('what the server reads as it starts', () => {
  const place = {name: 'the accounts', path: '/srv/accounts.xml', sort: 'secret'} as const;
  const found = {path: place.path, exists: true, readable: true, writable: true};

  test('one that is not there, and one that cannot be read', () => {
    expect(judgeReach(place, found, 'ann')).toEqual([]);
    expect(judgeReach(place, {...found, exists: false}, 'ann')).toMatchObject([
      {status: 'fail', fix: expect.stringContaining('caldav setup')},
    ]);
    expect(judgeReach({...place, optional: true}, {...found, exists: false}, 'ann')).toEqual([]);
    expect(judgeReach(place, {...found, readable: false}, 'ann')).toMatchObject([
      {status: 'fail', fix: '`chown ann /srv/accounts.xml && chmod u+r /srv/accounts.xml`'},
    ]);
  });
});
