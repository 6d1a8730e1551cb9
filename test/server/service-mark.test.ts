import {describe, expect, test} from 'vitest';
import {readMark, serviceFolders, sign} from '../../src/server/service-mark.ts';

const mark = {folder: '/srv/a--b', config: '/srv/a/c', node: '/n', script: '/s'};

describe('the mark of a service’s file', () => {
  test('tells what it is for, and that nobody has changed it', () => {
    expect(readMark(sign('# @hole@\n[Service]\n', '@hole@', mark))).toEqual({...mark, edited: false});
  });

  test('shows a change anywhere in the file', () => {
    const text = sign('# @hole@\n[Service]\n', '@hole@', mark);
    expect(readMark(`${text}Nice=5\n`)).toMatchObject({edited: true});
    expect(readMark(text.replace('# ', '#'))).toMatchObject({edited: true});
  });

  test.each(['', '[Service]\n', '# caldav-service {}', '# caldav-service {oops}', '# caldav-service {"folder": 1}'])(
    'a file without one is a person’s own: %j',
    text => {
      expect(readMark(text)).toBeUndefined();
    },
  );
});

describe('where services lie', () => {
  test('on Linux and macOS, for the machine and for one account', () => {
    expect(serviceFolders('darwin', '/Users/ann')).toEqual({
      all: '/Library/LaunchDaemons',
      own: '/Users/ann/Library/LaunchAgents',
    });
    expect(serviceFolders('linux', '/home/ann').all).toBe('/etc/systemd/system');
  });
});
