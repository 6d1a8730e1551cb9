import {execFile} from 'node:child_process';
import {rename, rm, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parseDirectory} from '../../src/accounts/load.ts';
import {type Delegation, joinProxies} from '../../src/accounts/proxies.ts';
import {openProxiesFile} from '../../src/accounts/proxies-file.ts';
import {temporaryFolder} from '../support/temporary.ts';

const people = (...names: string[]) => names.map(name => `<user><uid>${name}</uid><guid>${name}</guid></user>`).join('');
const directoryOf = (records: string) => parseDirectory(`<accounts realm="R">${records}</accounts>`, 'accounts.xml');
const write = (owner: string, member: string): Delegation => ({owner, access: 'write', member});
const none = async () => {};

describe('who acts for whom', () => {
  const circle = directoryOf(`${people('ann', 'bob', 'cid')}
<group><uid>a</uid><guid>A</guid><members><member type="groups">b</member></members></group>
<group><uid>b</uid><guid>B</guid><members><member type="groups">a</member><member>cid</member></members></group>
<location><uid>room</uid><guid>room</guid><proxies><member>bob</member></proxies></location>
<user><uid>none</uid><guid>none</guid><disable-calendar/><proxies><member>bob</member></proxies></user>`);

  test('is what accounts.xml says and what owners set, each once', () => {
    const proxies = joinProxies(circle, [write('room', 'bob'), write('room', 'ann')], none);
    expect(proxies.of('room', 'write')).toEqual(['bob', 'ann']);
    expect(proxies.of('room', 'read')).toEqual([]);
    expect(proxies.for('bob', 'write')).toEqual(['room']);
    expect(proxies.for('bob', 'read')).toEqual([]);
  });

  test('groups in a circle come to an end', () => {
    const proxies = joinProxies(circle, [write('ann', 'A')], none);
    expect(proxies.of('ann', 'write')).toEqual(['A']);
    expect(proxies.for('cid', 'write')).toEqual(['ann']);
    expect(proxies.for('bob', 'write')).toEqual(['room']);
  });

  test('nobody acts for itself, though it be in the group that does', () => {
    const proxies = joinProxies(circle, [write('cid', 'A')], none);
    expect(proxies.for('cid', 'write')).toEqual([]);
  });

  test('who is not there, or has no calendars, has no part in it', () => {
    const proxies = joinProxies(circle, [write('ann', 'gone'), write('gone', 'ann'), write('none', 'ann')], none);
    expect(proxies.of('ann', 'write')).toEqual([]);
    expect(proxies.for('ann', 'write')).toEqual([]);
    expect(proxies.of('none', 'write')).toEqual([]);
    expect(proxies.for('bob', 'write')).toEqual(['room']);
  });

  test('either side agrees with the other, whatever the delegations and groups', () => {
    const names = ['u0', 'u1', 'u2', 'u3'];
    const groups = ['g0', 'g1', 'g2'];
    const name = fc.constantFrom(...names);
    const any = fc.constantFrom(...names, ...groups);
    const members = fc.array(fc.array(any, {maxLength: 4}), {minLength: 3, maxLength: 3});
    const delegations = fc.array(fc.record({owner: name, access: fc.constantFrom('read', 'write'), member: any}), {maxLength: 8});
    fc.assert(
      fc.property(members, delegations, (lists, set) => {
        const records = groups.map(
          (group, at) =>
            `<group><uid>${group}</uid><guid>${group}</guid><members>${lists[at]!.map(
              member => `<member type="${member.startsWith('g') ? 'groups' : 'users'}">${member}</member>`,
            ).join('')}</members></group>`,
        );
        const proxies = joinProxies(directoryOf(people(...names) + records.join('')), set as Delegation[], none);
        const within = (guid: string, seen = new Set<string>()): Set<string> => {
          if (seen.has(guid)) return seen;
          seen.add(guid);
          for (const member of lists[groups.indexOf(guid)] ?? []) within(member, seen);
          return seen;
        };
        for (const access of ['read', 'write'] as const) {
          for (const who of names) {
            const wanted = names.filter(owner => owner !== who && proxies.of(owner, access).some(each => within(each).has(who)));
            expect([...proxies.for(who, access)].sort()).toEqual(wanted);
          }
        }
      }),
    );
  });
});

describe('the file of what owners set', () => {
  const directory = directoryOf(people('ann', 'bob', 'cid'));

  test('is seen anew by every worker at once, and costs nothing where it is as before', async () => {
    const file = join(await temporaryFolder(), 'proxies.sqlite');
    using one = openProxiesFile(file);
    using other = openProxiesFile(file);
    const before = other.with(directory);
    expect(other.with(directory)).toBe(before);
    await one.with(directory).set('ann', 'write', ['bob']);
    expect(other.with(directory).of('ann', 'write')).toEqual(['bob']);
    expect(one.with(directory).of('ann', 'write')).toEqual(['bob']);
    // What a request has been handed stays as it was.
    expect(before.of('ann', 'write')).toEqual([]);
    await other.with(directory).set('ann', 'write', ['cid', 'cid']);
    expect(one.with(directory).of('ann', 'write')).toEqual(['cid']);
    expect(one.with(directoryOf(people('ann'))).of('ann', 'write')).toEqual([]);
  });

  test('keeps what was set, and only its owner can read it', async () => {
    const file = join(await temporaryFolder(), 'proxies.sqlite');
    {
      using proxies = openProxiesFile(file);
      await proxies.with(directory).set('ann', 'read', ['bob']);
      for (const each of [file, `${file}-wal`]) expect((await stat(each)).mode & 0o777).toBe(0o600);
    }
    using again = openProxiesFile(file);
    expect(again.list()).toEqual([{owner: 'ann', access: 'read', member: 'bob'}]);
    expect([again.add({owner: 'ann', access: 'read', member: 'bob'}), again.add(write('bob', 'ann'))]).toEqual([false, true]);
    expect([again.remove(write('bob', 'ann')), again.remove(write('bob', 'ann'))]).toEqual([true, false]);
    again.add(write('cid', 'ann'));
    again.forget('ann');
    expect(again.list()).toEqual([]);
  });

  test('leaves to accounts.xml whom that names', async () => {
    const fixed = directoryOf(`${people('ann', 'bob')}<location><uid>room</uid><guid>room</guid>
<proxies><member>bob</member></proxies></location>`);
    using proxies = openProxiesFile(':memory:');
    await proxies.with(fixed).set('room', 'write', ['bob', 'ann']);
    expect(proxies.list()).toEqual([write('room', 'ann')]);
    await proxies.with(fixed).set('room', 'write', []);
    expect(proxies.with(fixed).of('room', 'write')).toEqual(['bob']);
  });

  test('that is taken away, or replaced by one from a backup, is left behind at once', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'proxies.sqlite');
    using proxies = openProxiesFile(file);
    await proxies.with(directory).set('ann', 'read', ['bob']);
    const handed = proxies.with(directory);
    {
      using backup = openProxiesFile(join(folder, 'backup'));
      backup.add({owner: 'ann', access: 'read', member: 'cid'});
    }
    for (const end of ['', '-wal', '-shm']) await rm(file + end, {force: true});
    expect(proxies.with(directory).of('ann', 'read')).toEqual([]);
    await handed.set('bob', 'read', ['ann']);
    expect(proxies.list()).toEqual([{owner: 'bob', access: 'read', member: 'ann'}]);
    for (const end of ['-wal', '-shm']) await rm(file + end, {force: true});
    await rename(join(folder, 'backup'), file);
    expect(proxies.with(directory).of('ann', 'read')).toEqual(['cid']);
  });

  test('is made once, though processes start together, and none of what they write is lost', async () => {
    const file = join(await temporaryFolder(), 'proxies.sqlite');
    const program = `import {openProxiesFile} from ${JSON.stringify(new URL('../../src/accounts/proxies-file.ts', import.meta.url).href)};
using file = openProxiesFile(process.argv[1]);
for (let at = 0; at < 20; at++) file.add({owner: 'ann', access: 'read', member: process.argv[2] + at});`;
    const run = promisify(execFile);
    await Promise.all(
      ['a', 'b', 'c', 'd'].map(name => run(process.execPath, ['--input-type=module', '-e', program, '--', file, name])),
    );
    using proxies = openProxiesFile(file);
    expect(proxies.list()).toHaveLength(80);
  });

  test('that cannot be used is told of in a sentence', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'damaged'), 'no database at all, but long enough to be taken for one. '.repeat(40));
    expect(() => openProxiesFile(join(folder, 'damaged'))).toThrow(/is damaged/);
    expect(() => openProxiesFile(join(folder, 'missing/proxies.sqlite'))).toThrow(/There is no folder .*missing/);
  });

  test('that cannot be written is told of', async () => {
    // A folder in its place: that nobody can, root neither.
    const folder = await temporaryFolder();
    expect(() => openProxiesFile(folder)).toThrow(/may not write/);
  });
});
