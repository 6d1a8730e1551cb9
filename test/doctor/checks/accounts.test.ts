import {stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {parseDirectory} from '../../../src/accounts/load.ts';
import {openProxiesFile} from '../../../src/accounts/proxies-file.ts';
import {judge} from '../../../src/doctor/checks/accounts.ts';
import {inspectDelegates, judgeDelegates} from '../../../src/doctor/delegates.ts';
import {temporaryFolder} from '../../support/temporary.ts';

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

test('delegates whose accounts are gone are named, with the command that forgets them', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'proxies.sqlite');
  expect(await inspectDelegates(file)).toEqual([]);
  await expect(stat(file)).rejects.toThrow('ENOENT');
  {
    using proxies = openProxiesFile(file);
    proxies.add({owner: 'ANN', access: 'read', member: 'GONE'});
    proxies.add({owner: 'LEFT', access: 'read', member: 'ANN'});
    proxies.add({owner: 'ANN', access: 'write', member: 'BOB'});
  }
  const people = ['ann', 'bob'].map(uid => `<user><uid>${uid}</uid><guid>${uid.toUpperCase()}</guid></user>`).join('');
  const directory = parseDirectory(`<accounts realm="Test">${people}</accounts>`, 'accounts.xml');
  expect(judgeDelegates(await inspectDelegates(file), directory)).toEqual([
    {status: 'warn', message: 'GONE acts for ann, but GONE is no longer there', fix: 'caldav proxy remove ann GONE'},
    {status: 'warn', message: 'ann acts for LEFT, but LEFT is no longer there', fix: 'caldav proxy remove LEFT ann'},
  ]);
});

test('a file of delegates that is damaged is a failure', async () => {
  const file = join(await temporaryFolder(), 'proxies.sqlite');
  await writeFile(file, 'no database at all, but long enough to be taken for one. '.repeat(40));
  const directory = parseDirectory('<accounts realm="Test"/>', 'accounts.xml');
  expect(judgeDelegates(await inspectDelegates(file), directory)).toMatchObject([{status: 'fail'}]);
});
