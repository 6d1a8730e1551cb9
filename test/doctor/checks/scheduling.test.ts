import {describe, expect, test} from 'vitest';
import {parseDirectory} from '../../../src/accounts/load.ts';
import {judgeScheduling} from '../../../src/doctor/checks/scheduling.ts';

const directory = (...users: string[]) =>
  parseDirectory(
    `<accounts realm="x">${users.map(user => `<user><uid>${user}</uid></user>`).join('')}</accounts>`,
    'accounts.xml',
  );
const judge = (enableImplicitScheduling: boolean, enabled: boolean, ...users: string[]) =>
  judgeScheduling({enableImplicitScheduling, mail: {enabled} as never}, directory(...users));

describe('the check of invitations', () => {
  test('says that they are delivered, and who is found by name alone', () => {
    expect(judge(true, false)).toEqual([{status: 'ok', message: 'invitations are delivered between the accounts'}]);
    expect(judge(true, false, 'ann</uid><email-address>a@example.com</email-address><uid>a', 'bob')[0]!.message).toMatch(
      /alone: bob$/,
    );
    expect(judge(true, true, 'a', 'b', 'c', 'd', 'e', 'f', 'g')[0]!.message).toMatch(/alone: a, b, c, d, e and 2 more$/);
  });

  test('says that they are off, and warns where those by e-mail are on', () => {
    expect(judge(false, false)).toMatchObject([{status: 'ok'}]);
    expect(judge(false, true)).toMatchObject([{status: 'warn', fix: 'caldav config set EnableImplicitScheduling true'}]);
  });
});
