import {describe, expect, test} from 'vitest';
import {planAccount} from '../../src/server/privileges.ts';

const root = {uid: 0, name: 'root'};
const nobodyWarned = () => {
  throw new Error('a warning');
};

describe('who serves', () => {
  test('not root', () => {
    expect(() => planAccount({userName: '', groupName: ''}, root, nobodyWarned)).toThrow('caldav does not serve as root');
    expect(() => planAccount({userName: 'root', groupName: ''}, root, nobodyWarned)).toThrow('UserName is root');
  });

  test('the account that UserName names, with its own group or GroupName', () => {
    expect(planAccount({userName: 'daemon', groupName: ''}, root, nobodyWarned)).toEqual({name: 'daemon', uid: 1, gid: 1});
    expect(planAccount({userName: 'daemon', groupName: '4711'}, root, nobodyWarned)).toEqual({name: 'daemon', uid: 1, gid: 4711});
  });

  test('nobody where there is no such account or group', () => {
    expect(() => planAccount({userName: 'no-such', groupName: ''}, root, nobodyWarned)).toThrow('no account no-such');
    expect(() => planAccount({userName: 'daemon', groupName: 'no-such'}, root, nobodyWarned)).toThrow('no group no-such');
  });

  test('whoever starts it, where that is not root', () => {
    const ann = {uid: 1000, name: 'ann'};
    expect(planAccount({userName: '', groupName: ''}, ann, nobodyWarned)).toBe(undefined);
    expect(planAccount({userName: 'ann', groupName: ''}, ann, nobodyWarned)).toBe(undefined);
    let warning = '';
    const warn = (text: string) => {
      warning = text;
    };
    expect(planAccount({userName: 'caldav', groupName: ''}, ann, warn)).toBe(undefined);
    expect(warning).toContain('serving as ann');
  });
});
