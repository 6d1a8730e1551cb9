import {existsSync} from 'node:fs';
import {appendFile, readdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {install, uninstall} from '../../../src/cli/service/look-after.ts';
import {findManager, type Run} from '../../../src/cli/service/manager.ts';
import {temporaryFolder} from '../../support/temporary.ts';
import {machineWide} from './support.ts';

/** A machine whose systemctl or launchctl only remembers what it is told. */
async function machine({booted = true, platform = 'linux' as NodeJS.Platform, own = false} = {}) {
  const folder = await temporaryFolder();
  const told: string[] = [];
  let enabled = false;
  const run: Run = async (program, args) => {
    const verb = args.find(arg => !arg.startsWith('-'))!;
    if (verb === 'enable') enabled = true;
    if (verb === 'disable') enabled = false;
    if (!/^(is-|print|show)/.test(verb)) told.push([program, ...args].join(' '));
    const asks = verb === 'is-enabled' || verb === 'is-active' || verb === 'print';
    return {exitCode: asks && !enabled ? 1 : 0, said: ''};
  };
  const manager = findManager({name: 'caldav', own, folder, run, booted: () => booted}, platform);
  const chosen = {name: 'caldav', own, manager};
  const dir = await temporaryFolder();
  const text = await manager.render({...machineWide, folder: dir, own});
  return {
    told,
    manager,
    dir,
    text,
    install: (force = false, other = text, from = dir) => install(chosen, other, from, force),
    uninstall: (force = false, from = dir) => uninstall(chosen, from, force),
    files: () => readdir(folder),
  };
}

const refused = {name: 'UserError', fix: expect.stringContaining('--force')};

describe('caldav service install', () => {
  test('writes the unit and has systemd start it with the machine; a second time there is nothing to do', async () => {
    const {install, told, manager, text, files} = await machine();
    expect(await install()).toBe(true);
    expect(await readFile(manager.file, 'utf8')).toBe(text);
    expect(told).toEqual(['systemctl daemon-reload', 'systemctl enable caldav.service']);
    expect(await install()).toBe(false);
    expect(told).toHaveLength(2);
    expect(await files()).toEqual(['caldav.service']);
  });

  test('its own unit of before is replaced', async () => {
    const {install, manager, dir} = await machine();
    await install();
    const newer = await manager.render({...machineWide, folder: dir, managerVersion: 254});
    expect(await install(false, newer)).toBe(true);
    expect(await readFile(manager.file, 'utf8')).toBe(newer);
  });

  test('a person’s own unit, one changed by hand and a link stay as they are without --force', async () => {
    const {install, manager, told, text} = await machine();
    await writeFile(manager.file, '[Service]\n');
    await expect(install()).rejects.toMatchObject(refused);
    expect(await readFile(manager.file, 'utf8')).toBe('[Service]\n');
    await install(true);
    await appendFile(manager.file, 'Nice=5\n');
    await expect(install()).rejects.toMatchObject(refused);
    expect(told).toHaveLength(2);
    await install(true);
    expect(await readFile(manager.file, 'utf8')).toBe(text);
  });

  test('where a link to another file lies, --force replaces the link and not the file', async () => {
    const {install, manager, dir} = await machine();
    const target = join(dir, 'target');
    await writeFile(target, 'precious');
    await symlink(target, manager.file);
    await expect(install()).rejects.toMatchObject(refused);
    await install(true);
    expect(await readFile(target, 'utf8')).toBe('precious');
    expect(await readFile(manager.file, 'utf8')).toContain('[Service]');
  });

  test('another server’s unit stays; one of a folder that is gone gives way', async () => {
    const {install, manager} = await machine();
    await install();
    const elsewhere = await temporaryFolder();
    const other = await manager.render({...machineWide, folder: elsewhere});
    await expect(install(false, other, elsewhere)).rejects.toMatchObject(refused);
    await install(true, await manager.render({...machineWide, folder: '/srv/is/not/there'}), '/srv/is/not/there');
    expect(await install(false, other, elsewhere)).toBe(true);
  });

  test('where systemd does not run the machine it says so, and writes nothing', async () => {
    const {install, files} = await machine({booted: false});
    await expect(install()).rejects.toMatchObject({
      message: expect.stringContaining('container'),
      fix: expect.stringContaining('caldav run'),
    });
    expect(await files()).toEqual([]);
  });

  test('one user’s own is told to that user’s systemd', async () => {
    const {install, told} = await machine({own: true});
    await install();
    expect(told).toEqual(['systemctl --user daemon-reload', 'systemctl --user enable caldav.service']);
  });

  test('on macOS launchd is told', async () => {
    const {install, manager, told} = await machine({platform: 'darwin'});
    await install();
    await manager.start();
    expect(told).toEqual([
      'launchctl enable system/local.caldav',
      'launchctl bootout system/local.caldav',
      `launchctl bootstrap system ${manager.file}`,
    ]);
  });

  test('elsewhere it says that it knows no services', () => {
    expect(() => findManager({name: 'caldav', own: false}, 'freebsd')).toThrow('Services of freebsd are not known here.');
  });
});

describe('caldav service uninstall', () => {
  test.each(['linux', 'darwin'] as const)(
    '%s: stops it and leaves nothing; where there is nothing it does nothing',
    async platform => {
      const {install, uninstall, files, manager} = await machine({platform});
      await install();
      expect(await uninstall()).toBe(true);
      expect(await files()).toEqual([]);
      if (platform === 'linux') expect(await manager.state()).toEqual({enabled: false, active: false});
      expect(await uninstall()).toBe(false);
    },
  );

  test('systemd forgets it', async () => {
    const {install, uninstall, told} = await machine();
    await install();
    told.length = 0;
    await uninstall();
    expect(told).toEqual([
      'systemctl disable --now caldav.service',
      'systemctl daemon-reload',
      'systemctl reset-failed caldav.service',
    ]);
  });

  test('what is a person’s own, or another server’s, stays without --force', async () => {
    const {install, uninstall, manager} = await machine();
    await install();
    await expect(uninstall(false, '/srv/other')).rejects.toMatchObject({fix: expect.stringContaining('--dir ')});
    await writeFile(manager.file, '[Service]\n');
    await expect(uninstall()).rejects.toMatchObject(refused);
    expect(existsSync(manager.file)).toBe(true);
    await uninstall(true);
    expect(existsSync(manager.file)).toBe(false);
  });
});
