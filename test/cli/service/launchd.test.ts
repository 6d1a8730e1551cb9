import {parse} from 'plist';
import {describe, expect, test} from 'vitest';
import {launchdPlist} from '../../../src/cli/service/launchd.ts';
import {readMark} from '../../../src/server/service-mark.ts';
import {machineWide} from './support.ts';

const odd = '/Users/ann/my <cal> & "100%" -- $HOME';

describe('the property list for launchd', () => {
  test('a daemon runs as the account, is started again where it failed, and is given time to end', async () => {
    expect(parse(await launchdPlist({...machineWide, group: 'staff'}))).toEqual({
      Label: 'local.caldav',
      ProgramArguments: [
        machineWide.node,
        machineWide.script,
        'run',
        '--never-setup',
        '--dir',
        '/srv/cal',
        '--config',
        '/srv/cal/conf/caldavd-dev.plist',
      ],
      UserName: 'daemon',
      GroupName: 'staff',
      WorkingDirectory: '/',
      RunAtLoad: true,
      KeepAlive: {SuccessfulExit: false},
      ThrottleInterval: 10,
      ExitTimeOut: 60,
      Umask: 0o027,
      SoftResourceLimits: {NumberOfFiles: 65536},
      HardResourceLimits: {NumberOfFiles: 65536},
      ProcessType: 'Interactive',
      StandardErrorPath: '/srv/cal/logs/service.log',
    });
  });

  test('an agent, and a daemon that becomes the account by itself, name none', async () => {
    expect(parse(await launchdPlist({...machineWide, own: true, user: undefined}))).not.toHaveProperty('UserName');
  });

  test('odd paths stay what they are, and the comment a comment', async () => {
    const text = await launchdPlist({...machineWide, folder: odd});
    expect(parse(text)).toMatchObject({ProgramArguments: expect.arrayContaining([odd])});
    expect(/<!-- caldav-service (.*) -->/.exec(text)![1]).not.toContain('--');
    expect(readMark(text)).toMatchObject({folder: odd, edited: false});
  });
});
