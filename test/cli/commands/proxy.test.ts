import {execFileSync} from 'node:child_process';
import {mkdir, rm, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {build} from 'plist';
import {describe, expect, test} from 'vitest';
import {openProxiesFile} from '../../../src/accounts/proxies-file.ts';
import {groupRemove} from '../../../src/cli/commands/group-remove.ts';
import {proxyAdd} from '../../../src/cli/commands/proxy-add.ts';
import {proxyList} from '../../../src/cli/commands/proxy-list.ts';
import {proxyRemove} from '../../../src/cli/commands/proxy-remove.ts';
import {userRemove} from '../../../src/cli/commands/user-remove.ts';
import {userShow} from '../../../src/cli/commands/user-show.ts';
import {accountServer} from '../account-server.ts';

const accounts = `<accounts realm="Home">
  <user><uid>ann</uid><guid>ANN</guid><email-address>ann@example.com</email-address></user>
  <user><uid>bob</uid><guid>BOB</guid><email-address>b@example.com</email-address></user>
  <user><uid>none</uid><guid>NONE</guid><disable-calendar/></user>
  <group><uid>staff</uid><guid>STAFF</guid><members><member>bob</member></members></group>
  <!-- upstairs -->
  <location>
    <uid>attic</uid>
    <guid>ATTIC</guid>
    <proxies>
      <member>bob</member> <!-- has the key -->
    </proxies>
  </location>
</accounts>
`;

const root = process.geteuid?.() === 0;

/** A server's folder with its DataRoot, as set-up leaves it; as root, with its data in the hands of `nobody`. */
async function server() {
  const made = await accountServer(accounts);
  const data = join(made.dir, 'data');
  await mkdir(join(data, 'documents'), {recursive: true});
  await writeFile(
    made.configFile,
    build({DataRoot: data, DocumentRoot: join(data, 'documents'), ...(root ? {UserName: 'nobody'} : {})}),
  );
  if (root) execFileSync('chown', ['-R', 'nobody', made.dir]);
  const list = async (...args: string[]) =>
    (await made.run(proxyList, args)).value.map((row: Record<string, string>) => [
      row.owner,
      row.access,
      row.delegate,
      row.setBy,
    ]);
  const refused: typeof made.refused = (...args) => made.refused(...args);
  return {...made, refused, data, proxies: join(data, 'proxies.sqlite'), list};
}

const fixed = ['locations/attic', 'write', 'bob', 'accounts'];

describe('caldav proxy', () => {
  test('add, list and remove, by name or e-mail address, of people, groups and rooms', async () => {
    const {run, list, read} = await server();
    expect(await list()).toEqual([fixed]);
    expect((await run(proxyAdd, ['ann', 'b@example.com'])).value).toEqual({
      owner: 'ann',
      delegate: 'bob',
      access: 'write',
      changed: true,
    });
    await run(proxyAdd, ['attic', 'groups/staff'], {readOnly: true});
    expect(await list()).toEqual([fixed, ['ann', 'write', 'bob', 'owner'], ['locations/attic', 'read', 'groups/staff', 'owner']]);
    expect(await list('ann')).toEqual([['ann', 'write', 'bob', 'owner']]);
    expect((await run(proxyRemove, ['ann@example.com', 'bob'])).value).toMatchObject({removed: true, fromAccounts: false});
    expect(await list('ann')).toEqual([]);
    expect(await read()).toBe(accounts);
  });

  test('adding again changes nothing, or the access', async () => {
    const {run, list} = await server();
    await run(proxyAdd, ['ann', 'bob']);
    expect((await run(proxyAdd, ['ann', 'bob'])).value.changed).toBe(false);
    expect((await run(proxyAdd, ['ann', 'bob'], {readOnly: true})).value).toMatchObject({access: 'read', changed: true});
    expect(await list('ann')).toEqual([['ann', 'read', 'bob', 'owner']]);
  });

  test('what accounts.xml says is left there, and removed from there with its comments kept', async () => {
    const {run, refused, list, read} = await server();
    expect((await run(proxyAdd, ['attic', 'bob'])).value.changed).toBe(false);
    expect((await refused(proxyAdd, ['attic', 'bob'], {readOnly: true})).fix).toContain('caldav proxy remove attic bob');
    expect((await run(proxyRemove, ['attic', 'bob'])).value.fromAccounts).toBe(true);
    expect(await list('attic')).toEqual([]);
    expect(await read()).toContain('<!-- upstairs -->');
    expect(await read()).toContain('<!-- has the key -->');
  });

  test('who is meant is asked back where a name is near, and what cannot be is refused', async () => {
    const {refused} = await server();
    expect((await refused(proxyAdd, ['anm', 'bob'])).fix).toBe('Is “ann” meant?');
    expect((await refused(proxyAdd, ['ann', 'bop'])).fix).toBe('Is “bob” meant?');
    expect((await refused(proxyAdd, ['ann', 'x@example.com'])).fix).toBe('Is “b@example.com” meant?');
    expect((await refused(proxyAdd, ['ann', 'ann'])).message).toMatch(/its own/);
    expect((await refused(proxyAdd, ['none', 'ann'])).message).toMatch(/no calendars/);
    expect((await refused(proxyAdd, ['staff', 'ann'])).message).toMatch(/no account “staff”/);
    expect((await refused(proxyRemove, ['ann', 'bob'])).fix).toMatch(/caldav proxy list/);
  });

  test('the file is its owner’s alone, and is made by no command that only looks', async () => {
    const {run, list, proxies, data} = await server();
    await list();
    await run(userShow, ['ann']);
    await expect(stat(proxies)).rejects.toThrow('ENOENT');
    await run(proxyAdd, ['ann', 'bob']);
    const {mode, uid} = await stat(proxies);
    expect([mode & 0o777, uid]).toEqual([0o600, (await stat(data)).uid]);
  });

  test('without a folder for data there is a sentence', async () => {
    const {refused, data, configFile} = await server();
    await rm(data, {recursive: true});
    if (root) await writeFile(configFile, build({DataRoot: data, UserName: 'nobody'}));
    expect((await refused(proxyAdd, ['ann', 'bob'])).message).toBe(`There is no folder ${data} (DataRoot).`);
  });

  test('a file that is damaged is said to be', async () => {
    const {refused, proxies} = await server();
    await writeFile(proxies, 'this is no database, but long enough to be taken for one '.repeat(40));
    if (root) execFileSync('chown', ['nobody', proxies]);
    expect((await refused(proxyAdd, ['ann', 'bob'])).message).toBe(`${proxies} is damaged: it holds who may act for whom.`);
  });
});

describe('who acts for whom', () => {
  test('caldav user show says it from both sides', async () => {
    const {run} = await server();
    await run(proxyAdd, ['ann', 'bob']);
    await run(proxyAdd, ['ann', 'attic'], {readOnly: true});
    expect((await run(userShow, ['ann'])).value).toMatchObject({proxies: ['bob'], readOnlyProxies: ['locations/attic']});
    expect((await run(userShow, ['bob'])).value).toMatchObject({proxyFor: ['locations/attic', 'ann'], readOnlyProxyFor: []});
  });

  test('goes with an account and with a group', async () => {
    const {run, proxies} = await server();
    await run(proxyAdd, ['ann', 'bob']);
    await run(proxyAdd, ['bob', 'ann']);
    await run(proxyAdd, ['attic', 'groups/staff']);
    await run(userRemove, ['bob'], {keepData: true});
    await run(groupRemove, ['staff']);
    using file = openProxiesFile(proxies);
    expect(file.list()).toEqual([]);
  });

  test('what was left behind by accounts taken out of accounts.xml by hand is listed, and removed by GUID', async () => {
    const {run, proxies, list} = await server();
    await run(proxyAdd, ['ann', 'bob']);
    {
      using file = openProxiesFile(proxies);
      file.add({owner: 'ANN', access: 'read', member: 'GONE'});
    }
    expect(await list('ann')).toContainEqual(['ann', 'read', 'GONE (no longer there)', 'owner']);
    await run(proxyRemove, ['ann', 'GONE']);
    expect(await list('ann')).toEqual([['ann', 'write', 'bob', 'owner']]);
  });

  test('removal says where a group still lets one in', async () => {
    const here = await server();
    await here.run(proxyAdd, ['ann', 'bob']);
    await here.run(proxyAdd, ['ann', 'groups/staff']);
    const lines: string[] = [];
    const out = {interactive: false, note: () => {}, result: (_: unknown, text: string) => lines.push(text)};
    await proxyRemove.run(['ann', 'bob'], {}, {out, dir: here.dir, configFile: here.configFile} as never);
    expect(lines).toEqual(['bob no longer acts for ann. It still does as a member of the group staff.']);
  });
});
