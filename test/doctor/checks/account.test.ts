import {userInfo} from 'node:os';
import {expect, test} from 'vitest';
import {judge} from '../../../src/doctor/checks/account.ts';

const {username} = userInfo();
const somebody = username === 'root' ? 'nobody' : username;

test.each([
  ['an ordinary account and no UserName', 'ann', 1000, '', 'ok', ''],
  ['an ordinary account that is UserName itself', 'ann', 1000, 'ann', 'ok', ''],
  ['root with a UserName', 'root', 0, somebody, 'ok', ''],
  ['root without UserName', 'root', 0, '', 'fail', 'caldav setup --run-as'],
  ['a UserName that the system does not know', 'root', 0, 'nobody-has-this-name', 'fail', 'useradd --system'],
  ['root as UserName', 'root', 0, 'root', 'fail', 'another account'],
  ['an ordinary account that cannot become UserName', 'ann', 1000, 'caldav', 'warn', 'Start it as root'],
])('%s', (_, name, uid, userName, status, fix) => {
  const result = judge({userName, groupName: ''}, {name, uid});
  expect(result.status).toBe(status);
  if (fix) expect(result.fix).toContain(fix);
});
