import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {deriveGuid} from '../../src/accounts/guid.ts';
import {loadDirectory, parseDirectory} from '../../src/accounts/load.ts';
import {computeHa1} from '../../src/accounts/password.ts';
import {UserError} from '../../src/base/user-error.ts';

const original = `<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE accounts SYSTEM "accounts.dtd">
<accounts realm="Test Realm">
  <user>
    <uid>admin</uid>
    <guid>5a985493-ee2c-4665-94cf-4dfea3a89500</guid>
    <password>admin</password>
    <name>Super User</name>
    <first-name>Super</first-name>
    <last-name>User</last-name>
    <email-address>Admin@Example.com</email-address>
  </user>
  <user repeat="20">
    <uid>user%02d</uid>
    <guid>user%02d</guid>
    <password>pass%d</password>
    <name>User %02d</name>
    <email-address>user%02d@example.com</email-address>
    <cuaddr>urn:example:user%d</cuaddr>
  </user>
  <location>
    <uid>mercury</uid>
    <password>mercury</password>
    <name>Mercury Conference Room</name>
    <auto-schedule/>
    <proxies><member>user01</member><member type="groups">both</member></proxies>
    <read-only-proxies><member>user03</member></read-only-proxies>
  </location>
  <group>
    <uid>inner</uid>
    <name>Inner</name>
    <members><member>user01</member><member type="users">user02</member></members>
  </group>
  <group>
    <uid>both</uid>
    <members><member type="groups">inner</member><member type="locations">mercury</member><member>nobody</member></members>
  </group>
  <user><uid>quiet</uid><disable-calendar/></user>
</accounts>
`;

describe('accounts.xml of the 2009 server', () => {
  const directory = parseDirectory(original, 'accounts.xml');

  test('its realm and records are read, the doctype followed by nobody', () => {
    expect(directory.realm).toBe('Test Realm');
    expect(directory.findByName('users', 'admin')).toEqual({
      type: 'users',
      guid: '5A985493-EE2C-4665-94CF-4DFEA3A89500',
      uids: ['admin'],
      fullName: 'Super User',
      firstName: 'Super',
      lastName: 'User',
      emails: ['admin@example.com'],
      addresses: [],
      calendars: true,
      members: [],
      autoSchedule: false,
      autoScheduleMode: 'none',
      proxies: [],
      readOnlyProxies: [],
    });
    expect(directory.findByName('users', 'quiet')?.calendars).toBe(false);
    expect(directory.findByName('groups', 'both')?.calendars).toBe(false);
  });

  test('a repeated record is made so many times, formats filled in', () => {
    expect([...directory.list('users')].filter(({guid}) => guid.startsWith('user')).length).toBe(20);
    const seven = directory.findByName('users', 'user07');
    expect(seven).toMatchObject({guid: 'user07', fullName: 'User 07', emails: ['user07@example.com']});
    expect(directory.findByAddress('urn:example:user7')).toBe(seven);
    expect(directory.findByName('users', 'user21')).toBeUndefined();
  });

  test('a missing GUID is derived as the 2009 server derived it', () => {
    const mercury = directory.findByName('locations', 'mercury');
    expect(mercury?.guid).toBe(deriveGuid('Test Realm', 'locations', ['mercury']));
    // Python: uuid5(uuid5(UUID('9CA8DEC5-5A17-43A9-84A8-BE77C1FB9172'), 'Test Realm'), 'locations:mercury')
    expect(mercury?.guid).toBe('EE58AAD3-A7DD-5B44-944C-FB94E642DD82');
  });

  test('members and proxies are GUIDs; names of nobody are left out', () => {
    const mercury = directory.findByName('locations', 'mercury')!;
    const both = directory.findByName('groups', 'both')!;
    expect(both.members).toEqual([directory.findByName('groups', 'inner')!.guid, mercury.guid]);
    expect(mercury).toMatchObject({
      autoSchedule: true,
      autoScheduleMode: 'automatic',
      proxies: ['user01', both.guid],
      readOnlyProxies: ['user03'],
    });
  });

  test('groups are found through groups', () => {
    expect(
      directory
        .groupsOf('user01')
        .map(({uids}) => uids[0])
        .sort(),
    ).toEqual(['both', 'inner']);
    expect(directory.groupsNaming('user01').map(({uids}) => uids[0])).toEqual(['inner']);
    expect(directory.groupsOf('user03')).toEqual([]);
    expect(directory.groupsNaming('user03')).toEqual([]);
  });

  test('a circle of groups ends', () => {
    const group = (uid: string, member: string) =>
      `<group><uid>${uid}</uid><members><member type="groups">${member}</member></members></group>`;
    const circle = parseDirectory(`<accounts>${group('a', 'b')}${group('b', 'c')}${group('c', 'a')}</accounts>`, 'f');
    const guid = circle.findByName('groups', 'a')!.guid;
    expect(
      circle
        .groupsOf(guid)
        .map(({uids}) => uids[0])
        .sort(),
    ).toEqual(['b', 'c']);
  });

  test('addresses lead to their principal in each of their forms', () => {
    const admin = directory.findByName('users', 'admin')!;
    for (const address of [
      'mailto:admin@example.com',
      'MAILTO:ADMIN@example.com',
      'mailto:admin%40example.com',
      `urn:uuid:${admin.guid}`,
      `urn:uuid:${admin.guid.toLowerCase()}`,
      `urn:x-uid:${admin.guid}`,
      `/principals/__uids__/${admin.guid}/`,
      `/principals/__uids__/${admin.guid}`,
      '/principals/users/admin/',
      '/calendars/users/%61dmin/',
      `/calendars/__uids__/${admin.guid}/`,
    ]) {
      expect(directory.findByAddress(address), address).toBe(admin);
    }
    for (const address of [
      '',
      'admin',
      'mailto:nobody@example.com',
      '/principals/groups/admin/',
      '/calendars/users/admin/calendar/',
      '/',
    ]) {
      expect(directory.findByAddress(address), address).toBeUndefined();
    }
  });

  test('names are compared in one Unicode form', () => {
    const umlaut = parseDirectory('<accounts><user><uid>ju\u0308rgen</uid></user></accounts>', 'f');
    expect(umlaut.findByName('users', 'j\u00fcrgen')).toBeDefined();
    expect(umlaut.findByName('users', 'ju\u0308rgen')).toBeDefined();
    expect(umlaut.findByName('users', 'J\u00fcrgen')).toBeUndefined();
  });
});

describe('logging in', () => {
  const directory = parseDirectory(
    `<accounts realm="R">
      <user><uid>ann</uid><uid>ann@corp</uid><password>secret of ann</password><email-address>ann@example.com</email-address></user>
      <user><uid>bob</uid><password>b\u00fcb</password><email-address>both@example.com</email-address></user>
      <user><uid>eve</uid><password>eve</password><email-address>both@example.com</email-address></user>
      <user><uid>ha1</uid><ha1 algorithm="MD5">${computeHa1('MD5', 'ha1', 'R', 'known to nobody')}</ha1></user>
      <user><uid>none</uid></user><user><uid>empty</uid><password></password></user>
      <group><uid>team</uid><password>team</password></group>
      <location><uid>room</uid><password>room</password></location>
    </accounts>`,
    'f',
  );
  const guidOf = async (uid: string, password: string) => (await directory.verify(uid, password))?.uids[0];

  test('a short name, an e-mail address, their encoded forms and another case all mean the account', async () => {
    for (const name of ['ann', 'ann@corp', 'ann%40corp', 'ann@example.com', 'ann%40example.com', 'Ann', 'ANN@example.COM']) {
      expect(await guidOf(name, 'secret of ann'), name).toBe('ann');
    }
    expect(await guidOf('ann', 'Secret of ann')).toBeUndefined();
  });

  test('a password is compared in one Unicode form', async () => {
    expect(await guidOf('bob', 'bu\u0308b')).toBe('bob');
  });

  test('an address that two have is nobody’s', async () => {
    expect(await guidOf('both@example.com', 'b\u00fcb')).toBeUndefined();
  });

  test('whoever has no password, or an empty one, cannot log in; nor can a group', async () => {
    expect(await guidOf('none', '')).toBeUndefined();
    expect(await guidOf('empty', '')).toBeUndefined();
    expect(await guidOf('nobody', '')).toBeUndefined();
    expect(await guidOf('team', 'team')).toBeUndefined();
    expect(await guidOf('room', 'room')).toBe('room');
  });

  test('an HA1 value alone will do', async () => {
    expect(await guidOf('ha1', 'known to nobody')).toBe('ha1');
    expect(await guidOf('ha1', 'known to somebody')).toBeUndefined();
  });

  test('the tag of a credential changes with the password and with nothing else', () => {
    const tag = (text: string) =>
      parseDirectory(`<accounts><user><uid>a</uid>${text}</user></accounts>`, 'f').credentialTag!('a');
    expect(tag('<password>x</password>')).toBe(tag('<password>x</password><name>A</name>'));
    expect(tag('<password>x</password>')).not.toBe(tag('<password>y</password>'));
  });
});

describe('a file that cannot be used', () => {
  test.each([
    ['<accounts><user></accounts>', 1, /unexpected close tag/i],
    ['<accounts>\n<user><name>x</name></user></accounts>', 2, /has no <uid>/],
    ['<accounts>\n<user><uid>a/b</uid></user></accounts>', 2, /slash/],
    [
      '<accounts>\n<user><uid>a</uid></user>\n<user><uid>a</uid></user></accounts>',
      3,
      /<uid> “a” is already that of the record in line 2/,
    ],
    ['<accounts><user><uid>a</uid><guid>G</guid></user>\n<group><uid>a</uid><guid>g</guid></group></accounts>', 2, /<guid> “g”/],
    ['<accounts><user repeat="2"><uid>a</uid></user></accounts>', 1, /more than once/],
    ['<accounts><user repeat="many"><uid>a</uid></user></accounts>', 1, /repeat="many"/],
    ['<accounts><user repeat="999999999"><uid>a%d</uid></user></accounts>', 1, /repeat=/],
    ['<directory/>', 1, /begins with <directory>/],
    ['<accounts>&bomb;</accounts>', 1, /undefined entity/],
    ['', 1, /document must contain a root element|no XML element/i],
  ])('%j', (text, line, message) => {
    const error = catchError(() => parseDirectory(text, 'conf/accounts.xml'));
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`conf/accounts.xml, line ${line}:`);
    expect((error as UserError).fix).not.toBe('');
  });

  test('an entity declared in the file is not expanded', () => {
    const bomb = '<!DOCTYPE accounts [<!ENTITY a "x">]><accounts><user><uid>&a;</uid></user></accounts>';
    expect(() => parseDirectory(bomb, 'f')).toThrow(UserError);
  });

  test('is refused with a UserError or read, whatever is in it', () => {
    const bits = fc.constantFrom(
      ...['<accounts>', '</accounts>', '<user>', '</user>', '<user repeat="3">', '<uid>', '</uid>', 'a%d', '%', '&amp;', '&x;'],
      ...[
        '<group>',
        '</group>',
        '<members>',
        '<member type="groups">',
        '</member>',
        '</members>',
        '<guid>',
        '</guid>',
        '<!--',
        '-->',
      ],
      ...[
        '<![CDATA[',
        ']]>',
        '<?xml',
        '?>',
        '<!DOCTYPE accounts>',
        '\0',
        '\ud83d',
        '\u00e9',
        '__proto__',
        '<constructor/>',
        '\r\n',
      ],
    );
    const garbage = fc.oneof(
      fc.string({unit: 'binary'}),
      fc.array(bits, {maxLength: 30}).map(parts => parts.join('')),
    );
    fc.assert(
      fc.property(garbage, fc.boolean(), (text, wrapped) => {
        try {
          parseDirectory(wrapped ? `<accounts>${text}</accounts>` : text, 'f');
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      {numRuns: 300},
    );
  });

  test('a file that is not there is named', async () => {
    await expect(loadDirectory('/nonexistent/accounts.xml')).rejects.toThrow('/nonexistent/accounts.xml');
  });
});

function catchError(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
