import {execFileSync} from 'node:child_process';
import {readdir, readFile, stat} from 'node:fs/promises';
import {execa} from 'execa';
import {describe, expect, test} from 'vitest';
import {computeHa1} from '../../../src/accounts/password.ts';
import {silent} from '../../../src/base/log.ts';
import {userAdd} from '../../../src/cli/commands/user-add.ts';
import {userEdit} from '../../../src/cli/commands/user-edit.ts';
import {userList} from '../../../src/cli/commands/user-list.ts';
import {userPasswd} from '../../../src/cli/commands/user-passwd.ts';
import {userRemove} from '../../../src/cli/commands/user-remove.ts';
import {userShow} from '../../../src/cli/commands/user-show.ts';
import {loadConfig} from '../../../src/config/load.ts';
import {openFileStore} from '../../../src/store/file/store.ts';
import {accountServer} from '../account-server.ts';

const accounts = `<accounts realm="Home">
  <!-- who runs it -->
  <user>
    <uid>boss</uid>
    <guid>11111111-1111-4111-8111-111111111111</guid>
    <password>plain old one</password>
    <name>The Boss</name>
    <email-address>boss@example.com</email-address>
  </user>
  <group>
    <uid>staff</uid>
    <guid>33333333-3333-4333-8333-333333333333</guid>
    <members><member>boss</member></members>
  </group>
  <location><uid>attic</uid><guid>attic</guid><password>up there</password></location>
</accounts>
`;

const main = `import {main} from ${JSON.stringify(new URL('../../../src/cli/main.ts', import.meta.url).href)};
process.exitCode = await main(process.argv.slice(1));`;

describe('caldav user add', () => {
  test('makes an account that can log in, and shows a generated password once', async () => {
    const server = await accountServer(accounts);
    const {code, value} = await server.run(userAdd, ['ann@home'], {
      fullName: 'Ann & Co',
      email: ['Ann@Example.com'],
      group: ['staff'],
      admin: true,
      generatePassword: true,
    });
    expect(code).toBe(0);
    expect(value).toMatchObject({
      name: 'ann@home',
      fullName: 'Ann & Co',
      emails: ['ann@example.com'],
      admin: true,
      groups: ['staff'],
    });
    const directory = await server.directory();
    const ann = await directory.verify('ann@example.com', value.password);
    expect(ann).toMatchObject({guid: value.guid, uids: ['ann@home'], fullName: 'Ann & Co'});
    expect(directory.groupsOf(value.guid).map(({uids}) => uids[0])).toEqual(['staff']);
    const text = await server.read();
    expect(text).toContain('<!-- who runs it -->');
    expect(text).not.toContain(value.password);
    expect((await stat(server.file)).mode & 0o777).toBe(0o640);
    expect(await readFile(server.configFile, 'utf8')).toContain(`/principals/__uids__/${value.guid}/`);
  });

  test('keeps what Digest needs only where that is asked for', async () => {
    const server = await accountServer(accounts);
    const {value} = await server.run(userAdd, ['ann'], {generatePassword: true, digest: true});
    const directory = await server.directory();
    expect(directory.findHa1('ann', 'SHA-256')?.ha1).toBe(computeHa1('SHA-256', 'ann', 'Home', value.password));
    expect(directory.findHa1('ann', 'MD5')?.ha1).toBe(computeHa1('MD5', 'ann', 'Home', value.password));
    await server.run(userAdd, ['bob'], {generatePassword: true});
    expect((await server.directory()).findHa1('bob', 'MD5')).toBeUndefined();
  });

  test.each([
    ['boss', {}, /“boss” in .* already/],
    ['attic', {}, /already/],
    ['Boss', {}, /“boss” already, which phones/],
    ['boss@example.com', {}, /e-mail address of “boss”/],
    ['ann', {email: ['boss@example.com']}, /“boss” has the address/],
    ['ann', {group: ['stuff']}, /no group “stuff”/],
    ['ann', {guid: '11111111-1111-4111-8111-111111111111'}, /“boss” has the GUID/],
  ])('%s %j is refused', async (name, options, message) => {
    const server = await accountServer(accounts);
    expect((await server.refused(userAdd, [name], {generatePassword: true, ...options})).message).toMatch(message);
  });

  test.each([
    ['a/b', {}],
    ['a:b', {}],
    ['a\tb', {}],
    [' a', {}],
    ['', {}],
    ['.a', {}],
    ['ann', {email: ['nowhere']}],
    ['ann', {fullName: 'A\u0007'}],
    ['ann', {guid: 'x'}],
    ['ann', {passwordStdin: true}],
    ['ann', {generatePassword: undefined}],
  ])('%j %j is wrong usage, exit 64', async (name, options) => {
    const server = await accountServer(accounts);
    const {code, value} = await server.run(userAdd, [name], {generatePassword: true, ...options});
    expect(code).toBe(64);
    expect(value.error).toMatch(/\S/);
    expect(await server.read()).toBe(accounts);
  });

  test('takes a password from standard input, and not a weak one', async () => {
    const server = await accountServer(accounts);
    const caldav = (input: string, ...args: string[]) =>
      execa(
        process.execPath,
        ['--input-type=module', '-e', main, '--', '--dir', server.dir, 'user', 'add', ...args, '--password-stdin'],
        {
          input,
          reject: false,
        },
      );
    const weak = await caldav('ann12345\n', 'ann');
    expect(weak).toMatchObject({exitCode: 1, stdout: '', stderr: expect.stringContaining('own name')});
    const good = await caldav('long and good one\nnot this\n', 'ann', '--json');
    expect(good.exitCode).toBe(0);
    expect(good.stdout).not.toContain('long and good');
    expect(await (await server.directory()).verify('ann', 'long and good one')).toBeDefined();
    const allowed = await caldav('ann12345', 'ann2', '--allow-weak-password');
    expect(allowed.exitCode).toBe(0);
  });
});

describe('caldav user passwd', () => {
  test('replaces a plain password by a hash, and the old one ends', async () => {
    const server = await accountServer(accounts);
    const {value} = await server.run(userPasswd, ['boss'], {generatePassword: true});
    const directory = await server.directory();
    expect(await directory.verify('boss', value.password)).toBeDefined();
    expect(await directory.verify('boss', 'plain old one')).toBeUndefined();
    expect(await server.read()).toBe(
      accounts.replace('<password>plain old one</password>', /<password hash.*<\/password>/.exec(await server.read())![0]),
    );
  });

  test('renews what Digest needs where it was stored, and drops it when told', async () => {
    const server = await accountServer(accounts);
    await server.run(userPasswd, ['boss'], {generatePassword: true, digest: true});
    const {value} = await server.run(userPasswd, ['boss'], {generatePassword: true});
    expect(value.digest).toBe(true);
    expect((await server.directory()).findHa1('boss', 'MD5')?.ha1).toBe(computeHa1('MD5', 'boss', 'Home', value.password));
    await server.run(userPasswd, ['boss'], {generatePassword: true, digest: false});
    expect((await server.directory()).findHa1('boss', 'MD5')).toBeUndefined();
  });

  test('a name that is not there, nearly', async () => {
    const server = await accountServer(accounts);
    expect((await server.refused(userPasswd, ['bos'], {generatePassword: true})).fix).toBe('Is “boss” meant?');
  });
});

describe('caldav user edit', () => {
  test('changes what is said and nothing else', async () => {
    const server = await accountServer(accounts);
    await server.run(userEdit, ['boss'], {fullName: 'Big Boss', email: ['boss@example.com', 'b@example.com'], calendars: false});
    expect(await server.read()).toBe(
      accounts
        .replace('The Boss', 'Big Boss')
        .replace(
          'boss@example.com</email-address>\n',
          'boss@example.com</email-address>\n    <email-address>b@example.com</email-address>\n    <disable-calendar/>\n',
        ),
    );
    const again = await server.run(userEdit, ['boss'], {fullName: 'Big Boss', calendars: false});
    expect(again.value).toEqual({name: 'boss', changed: false});
  });

  test('makes an administrator and an ordinary account of it', async () => {
    const server = await accountServer(accounts);
    const admin = async () => (await server.run(userShow, ['boss'])).value.admin;
    expect(await admin()).toBe(true);
    expect((await server.run(userEdit, ['boss'], {admin: false})).value.changed).toBe(true);
    expect(await admin()).toBe(false);
    expect((await server.run(userEdit, ['boss'], {admin: false})).value.changed).toBe(false);
    expect((await server.run(userEdit, ['boss'], {admin: true})).value.changed).toBe(true);
    expect(await admin()).toBe(true);
  });

  test('with nothing to change and nobody to ask, wrong usage', async () => {
    const server = await accountServer(accounts);
    expect((await server.run(userEdit, ['boss'])).code).toBe(64);
    expect((await server.run(userEdit, ['boss'], {fullName: ' '})).code).toBe(64);
  });
});

describe('caldav user list, caldav user show', () => {
  test('say who there is, and no secret', async () => {
    const server = await accountServer(accounts);
    expect((await server.run(userList, [])).value.map(({name}: {name: string}) => name)).toEqual(['boss']);
    expect((await server.run(userList, [], {all: true})).value.map(({name}: {name: string}) => name)).toEqual(['boss', 'attic']);
    const {value} = await server.run(userShow, ['boss']);
    expect(value).toMatchObject({names: ['boss'], groups: ['staff'], admin: true, password: 'in plain text'});
    expect(JSON.stringify(value)).not.toContain('plain old one');
  });
});

describe('caldav user remove', () => {
  const guid = '11111111-1111-4111-8111-111111111111';

  async function withHome() {
    const server = await accountServer(accounts);
    const {documentRoot} = loadConfig({file: server.configFile, folder: server.dir});
    const store = () => openFileStore({root: documentRoot, log: silent, index: () => undefined});
    const first = await store();
    await first.createHome(`calendars/${guid}`, unit => unit.createCollection('calendar', []));
    await first.close();
    // Whom the data belongs to, root becomes.
    if (process.geteuid?.() === 0) execFileSync('chown', ['-R', 'nobody', server.dir]);
    const hasHome = async () => {
      const again = await store();
      const home = await again.view(`calendars/${guid}`);
      await again.close();
      return home !== undefined;
    };
    return {...server, hasHome};
  }

  test('--yes takes the account, its memberships, its rights and its calendars', async () => {
    const server = await withHome();
    expect(await server.hasHome()).toBe(true);
    const {value} = await server.run(userRemove, ['boss'], {yes: true});
    expect(value).toEqual({name: 'boss', guid, removed: true, data: ['calendars']});
    expect(await server.read()).not.toContain('boss');
    expect(await server.read()).toContain('<!-- who runs it -->');
    expect(await readFile(server.configFile, 'utf8')).not.toContain('boss');
    expect(await server.hasHome()).toBe(false);
  });

  test('--keep-data leaves the calendars, and an account with the same GUID has them again', async () => {
    const server = await withHome();
    expect((await server.run(userRemove, ['boss'], {keepData: true})).value.data).toEqual([]);
    expect(await server.hasHome()).toBe(true);
    const {value} = await server.run(userAdd, ['boss2'], {guid: guid.toLowerCase(), generatePassword: true});
    expect(value.guid).toBe(guid);
  });

  test('without a terminal and without a flag, wrong usage', async () => {
    const server = await accountServer(accounts);
    expect((await server.run(userRemove, ['boss'])).code).toBe(64);
    expect(await server.read()).toBe(accounts);
  });

  test('leaves no lock or temporary file behind', async () => {
    const server = await accountServer(accounts);
    await server.run(userRemove, ['attic'], {keepData: true});
    expect(await readdir(`${server.dir}/conf/auth`)).toEqual(['accounts.xml']);
  });
});
