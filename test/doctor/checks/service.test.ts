import {describe, expect, test} from 'vitest';
import {judgeServices} from '../../../src/doctor/checks/service.ts';
import {temporaryFolder} from '../../support/temporary.ts';

describe('services', () => {
  const here = process.cwd();
  const plist = {file: `${here}/conf/caldavd-dev.plist`, folder: here};
  const installed = {
    file: '/etc/systemd/system/caldav.service',
    folder: here,
    config: plist.file,
    node: process.execPath,
    script: import.meta.filename,
  };

  test('one that starts this server is well', () => {
    expect(judgeServices([installed], plist)).toMatchObject([{status: 'ok', message: 'the service caldav starts it'}]);
  });

  test('another server’s is nobody’s business here', async () => {
    expect(judgeServices([{...installed, folder: await temporaryFolder()}], plist)).toEqual([]);
  });

  test('one whose folder is gone says how to bring it along', () => {
    const gone = {...installed, folder: '/srv/is/not/there', file: '/Library/LaunchDaemons/local.family.plist'};
    expect(judgeServices([gone], plist)).toMatchObject([
      {
        status: 'warn',
        message: 'the service family starts a server in /srv/is/not/there, which is gone',
        fix: 'if it was moved here, type `caldav service install --name family`; else `caldav service uninstall --dir /srv/is/not/there --name family`',
      },
    ]);
  });

  test.each(['node', 'script'])('one whose %s is gone fails', which => {
    expect(judgeServices([{...installed, [which]: '/opt/is/not/there'}], plist)).toMatchObject([
      {
        status: 'fail',
        message: 'the service caldav starts /opt/is/not/there, which is gone',
        fix: 'type `caldav service install`',
      },
    ]);
  });

  test('one that reads another configuration is told of', () => {
    expect(judgeServices([{...installed, config: '/etc/caldavd.plist'}], plist)).toMatchObject([{status: 'warn'}]);
  });
});
