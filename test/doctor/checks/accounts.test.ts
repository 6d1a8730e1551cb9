import {expect, test} from 'vitest';
import {judge} from '../../../src/doctor/checks/accounts.ts';

const guid = (number: number) => `<guid>10000000-0000-0000-0000-00000000000${number}</guid>`;
const check = (records: string) => judge('accounts.xml', `<accounts realm="Test">\n${records}\n</accounts>`);

test('two accounts with one short name or one GUID are failures with their line and a fix', () => {
  const names = check(`<user><uid>ann</uid>${guid(1)}</user>\n<user><uid>ann</uid>${guid(2)}</user>`);
  expect(names).toContainEqual(expect.objectContaining({status: 'fail', details: {line: 3}}));
  const guids = check(`<user><uid>ann</uid>${guid(1)}</user>\n<user><uid>bob</uid>${guid(1)}</user>`);
  expect(guids).toContainEqual(expect.objectContaining({status: 'fail', details: {line: 3}}));
  for (const {fix} of [...names, ...guids]) expect(fix).not.toBe('');
});

test('a shared address, a plain password and a member that does not exist are warnings', () => {
  const results = check(`<user><uid>ann</uid>${guid(1)}<password>ann</password><email-address>a@example.com</email-address></user>
<user><uid>bob</uid>${guid(2)}<email-address>a@example.com</email-address></user>
<group><uid>all</uid>${guid(3)}<members><member>cat</member></members></group>`);
  const messages = results.filter(({status}) => status === 'warn').map(({message}) => message);
  expect(messages).toContainEqual(expect.stringMatching(/line 2: the password of “ann” stands there in plain text/));
  expect(messages).toContainEqual(expect.stringMatching(/line 3: “a@example.com” is an address of both/));
  expect(messages).toContainEqual(expect.stringMatching(/line 4: “all” names “cat”/));
});

test('a file that is no XML is one failure', () => {
  expect(judge('accounts.xml', '<accounts>')).toMatchObject([{status: 'fail'}]);
});
