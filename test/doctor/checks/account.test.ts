import {expect, test} from 'vitest';
import {judge} from '../../../src/doctor/checks/account.ts';

test.each([
  ['an ordinary account and no UserName', 'ann', false, '', true, 'ok', undefined],
  ['an ordinary account that is UserName itself', 'caldav', false, 'caldav', true, 'ok', undefined],
  ['root with a UserName', 'root', true, 'caldav', true, 'ok', undefined],
  ['root without UserName', 'root', true, '', true, 'fail', 'caldav setup --run-as caldav'],
  ['a UserName that the system does not know', 'root', true, 'nobody-here', false, 'fail', 'useradd --system'],
  ['root as UserName', 'root', true, 'root', true, 'fail', '--run-as caldav'],
  ['an ordinary account that cannot become UserName', 'ann', false, 'caldav', true, 'warn', 'start it as root'],
])('%s', (_, current, root, wanted, there, status, fix) => {
  const result = judge(current, root, wanted, there);
  expect(result.status).toBe(status);
  if (fix) expect(result.fix).toContain(fix);
});
