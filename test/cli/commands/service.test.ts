import {existsSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {build} from 'plist';
import {describe, expect, test} from 'vitest';
import {serviceInstall} from '../../../src/cli/commands/service-install.ts';
import {serviceStatus} from '../../../src/cli/commands/service-status.ts';
import {serviceUninstall} from '../../../src/cli/commands/service-uninstall.ts';
import {serviceOptions} from '../../../src/cli/service/choose-service.ts';
import {readMark} from '../../../src/server/service-mark.ts';
import {accountServer} from '../account-server.ts';

/** A name that no machine has a service of. */
const name = `caldav-test-${process.pid}`;
const root = process.geteuid?.() === 0;

const server = async () => {
  const made = await accountServer('<accounts realm="x"/>');
  await writeFile(made.configFile, build({HTTPPort: 8008, ...(root ? {UserName: 'daemon'} : {})}));
  return made;
};

describe('caldav service', () => {
  test('install --dry-run prints the file for this folder, and makes none', async () => {
    const {run, dir, configFile} = await server();
    const {code, value} = await run(serviceInstall, [], {name, dryRun: true});
    expect(code).toBe(0);
    expect(readMark(value.text)).toMatchObject({folder: dir, config: configFile, node: expect.any(String), edited: false});
    expect(value.text).toContain(dir);
    expect(existsSync(value.file)).toBe(false);
  });

  test('status of what is not installed: exit 1; uninstall has nothing to do', async () => {
    const {run} = await server();
    expect(await run(serviceStatus, [], {name})).toMatchObject({code: 1, value: {name, installed: false}});
    expect(await run(serviceUninstall, [], {name})).toMatchObject({code: 0, value: {name, removed: false}});
  });

  test.runIf(root)('root has no service of its own, and none that would serve as root', async () => {
    const {run, configFile} = await server();
    await expect(run(serviceInstall, [], {name, user: true})).rejects.toMatchObject({fix: expect.stringContaining('--user')});
    await writeFile(configFile, build({HTTPPort: 8008}));
    await expect(run(serviceInstall, [], {name, dryRun: true})).rejects.toMatchObject({
      message: expect.stringContaining('does not serve as root'),
    });
  });

  test.each(['a b', '../x', 'x@y', '-x', ''])('a name that systemd could not take is wrong usage: %j', text => {
    const parse = serviceOptions.find(({flags}) => flags.startsWith('--name'))!.parse!;
    expect(() => parse(text, undefined)).toThrow('is no name for a service');
  });
});
