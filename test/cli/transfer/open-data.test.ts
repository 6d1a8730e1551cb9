import {expect, test} from 'vitest';
import {parseDirectory} from '../../../src/accounts/load.ts';
import {findUser} from '../../../src/cli/transfer/open-data.ts';

const directory = parseDirectory(
  `<accounts realm="Test">
<user><uid>ann</uid><guid>10000000-0000-0000-0000-000000000001</guid><email-address>Ann@Example.com</email-address></user>
<user><uid>bob</uid><guid>10000000-0000-0000-0000-000000000002</guid><disable-calendar/></user>
<location><uid>room</uid><guid>10000000-0000-0000-0000-000000000003</guid></location>
</accounts>`,
  'accounts.xml',
);

test('an account is found by its short name, by its e-mail address, and among rooms too', () => {
  expect(findUser(directory, 'ann').guid).toMatch(/1$/);
  expect(findUser(directory, 'ann@example.com').guid).toMatch(/1$/);
  expect(findUser(directory, 'room').guid).toMatch(/3$/);
});

test('one that is not there is answered with the nearest; one without calendars says how to have them', () => {
  expect(() => findUser(directory, 'anne')).toThrow(expect.objectContaining({fix: 'Is ann meant?'}));
  expect(() => findUser(directory, 'zzzzzz')).toThrow(
    expect.objectContaining({fix: expect.stringContaining('caldav user list')}),
  );
  expect(() => findUser(directory, 'bob')).toThrow(expect.objectContaining({fix: expect.stringContaining('disable-calendar')}));
});
