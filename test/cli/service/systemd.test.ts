import {execFile} from 'node:child_process';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {describe, expect, test} from 'vitest';
import type {Service} from '../../../src/cli/service/service.ts';
import {systemdUnit} from '../../../src/cli/service/systemd.ts';
import {testWith} from '../../support/programs.ts';
import {temporaryFolder} from '../../support/temporary.ts';
import {machineWide, valuesOf} from './support.ts';

const asRoot: Service = {...machineWide, user: undefined};
const own: Service = {...machineWide, own: true, user: undefined};

describe('the systemd unit', () => {
  test('starts this very program in this folder, and calls it started once it answers', async () => {
    const unit = await systemdUnit(machineWide);
    const {node, script} = machineWide;
    const where = '--dir /srv/cal --config /srv/cal/conf/caldavd-dev.plist';
    expect(valuesOf(unit, 'ExecStart')).toEqual([`:${node} ${script} run --daemon --never-setup ${where}`]);
    expect(valuesOf(unit, 'ExecReload')).toEqual([`:${node} ${script} reload ${where}`]);
    expect(valuesOf(unit, 'PIDFile')).toEqual(['/srv/cal/run/caldavd.pid']);
    expect(valuesOf(unit, 'UMask')).toEqual(['0027']);
    expect(valuesOf(unit, 'User')).toEqual(['daemon']);
    expect(unit).not.toMatch(/\{\{|@mark@|^MemoryDenyWriteExecute/m);
  });

  test('writes to the folders of data, logs and run alone', async () => {
    const unit = await systemdUnit(machineWide);
    expect(valuesOf(unit, 'ReadWritePaths')).toEqual(['-/srv/cal/data -/srv/cal/logs -/srv/cal/run']);
    expect(valuesOf(unit, 'ProtectSystem')).toEqual(['strict']);
  });

  test('an account that may not read everything is become by root, which can do that and little else', async () => {
    const unit = await systemdUnit(asRoot);
    expect(valuesOf(unit, 'User')).toEqual([]);
    expect(valuesOf(unit, 'AmbientCapabilities')).toEqual([]);
    expect(valuesOf(unit, 'CapabilityBoundingSet')).toEqual([
      'CAP_SETUID CAP_SETGID CAP_CHOWN CAP_FOWNER CAP_DAC_OVERRIDE CAP_KILL',
    ]);
    expect(valuesOf(unit, 'SystemCallFilter').join(' ')).not.toContain('@privileged');
  });

  test.each([
    [{...machineWide}, [''], ['']],
    [{...machineWide, lowPort: true}, ['CAP_NET_BIND_SERVICE'], ['CAP_NET_BIND_SERVICE']],
    [{...asRoot, lowPort: true}, [expect.stringMatching(/ CAP_NET_BIND_SERVICE$/)], []],
  ])('the right to open a low port is given where one is asked for (%#)', async (service, bounding, ambient) => {
    const unit = await systemdUnit(service);
    expect(valuesOf(unit, 'CapabilityBoundingSet')).toEqual(bounding);
    expect(valuesOf(unit, 'AmbientCapabilities')).toEqual(ambient);
  });

  test.each([
    [{}, 'yes', 'yes'],
    [{folder: '/home/ann/cal', readable: ['/opt/caldav', '/home/ann/cal']}, 'read-only', 'yes'],
    [{readable: ['/root/caldav']}, 'read-only', 'yes'],
    [{readable: ['/homes/caldav']}, 'yes', 'yes'],
    [{writable: ['/tmp/cal/data']}, 'yes', 'no'],
  ])('homes and temporary files are hidden as far as the folders allow: %j', async (change, home, tmp) => {
    const unit = await systemdUnit({...machineWide, ...change});
    expect([valuesOf(unit, 'ProtectHome'), valuesOf(unit, 'PrivateTmp')]).toEqual([[home], [tmp]]);
  });

  test.each(['/run/caldav', '/var/run/caldav'])('a folder %s is made anew after a restart of the machine', async run => {
    const unit = await systemdUnit({...machineWide, pidFile: `${run}/caldavd.pid`, writable: ['/srv/cal/data', run]});
    expect(valuesOf(unit, 'RuntimeDirectory')).toEqual(['caldav']);
    expect(valuesOf(unit, 'PIDFile')).toEqual(['/run/caldav/caldavd.pid']);
    expect(valuesOf(unit, 'ReadWritePaths')).toEqual(['-/srv/cal/data']);
  });

  test('the pause before it is started again grows where systemd can do that, and is steady elsewhere', async () => {
    expect(valuesOf(await systemdUnit({...machineWide, managerVersion: 254}), 'RestartMaxDelaySec')).toEqual(['60']);
    expect(valuesOf(await systemdUnit({...machineWide, managerVersion: 252}), 'RestartMaxDelaySec')).toEqual([]);
  });

  test('odd paths stay one word, and are no specifier', async () => {
    const folder = '/srv/my "cal" 100%h $HOME';
    const unit = await systemdUnit({...machineWide, folder, writable: [folder], pidFile: `${folder}/run/p`});
    expect(valuesOf(unit, 'ExecStart')[0]).toContain(' --dir "/srv/my \\"cal\\" 100%%h $HOME" ');
    expect(valuesOf(unit, 'ReadWritePaths')).toEqual(['"-/srv/my \\"cal\\" 100%%h $HOME"']);
    expect(valuesOf(unit, 'PIDFile')).toEqual(['/srv/my "cal" 100%%h $HOME/run/p']);
  });

  test.each(['/srv/a\nExecStartPre=/bin/rm', '/srv/a\u0000', '/srv/a\\', '/srv/a '])(
    'a path that no unit can hold is refused: %j',
    async folder => {
      await expect(systemdUnit({...machineWide, folder, pidFile: folder})).rejects.toMatchObject({
        name: 'UserError',
        fix: expect.any(String),
      });
    },
  );

  test('one user’s own is started with the session, and asks for nothing that only root can give', async () => {
    const unit = await systemdUnit(own);
    expect(valuesOf(unit, 'WantedBy')).toEqual(['default.target']);
    expect(unit).not.toMatch(/^(User|Capability|Protect|Private|ReadWrite)/m);
    expect(valuesOf(unit, 'NoNewPrivileges')).toEqual(['yes']);
  });
});

describe('what systemd says of it', () => {
  const analyze = async (service: Service, ...args: string[]) => {
    const file = join(await temporaryFolder(), 'caldav.service');
    await writeFile(file, await systemdUnit(service));
    return promisify(execFile)('systemd-analyze', [...args, file]);
  };

  const odd = '/srv/my "cal" 100%h $HOME';
  testWith('systemd-analyze').each([
    ['of the whole machine', machineWide],
    ['by root', asRoot],
    ['with a low port, in /run', {...machineWide, lowPort: true, writable: ['/run/caldav', '/srv/cal/data']}],
    ['in an odd folder', {...machineWide, folder: odd, config: `${odd}/c`, writable: [odd], pidFile: `${odd}/run/p`}],
  ])('%s: no complaint', async (_what, service) => {
    const {stdout, stderr} = await analyze(service, 'verify', '--man=no');
    expect(stdout + stderr).toBe('');
  });

  // Tenths: 0 is a service that can do nothing, 96 one without any restriction.
  testWith('systemd-analyze').each([
    [machineWide, 22],
    [asRoot, 30],
  ])('its exposure is small (%#)', async (service, threshold) => {
    await analyze(service, 'security', '--offline=yes', '--no-pager', `--threshold=${threshold}`);
  });
});
