import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {inspectConfig, loadConfig, parseConfig} from '../../src/config/load.ts';

const plist = (body: string) => `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0">
<dict>
${body}
</dict>
</plist>
`;
const inspect = (body: string) => inspectConfig({file: '/srv/cal/conf/caldavd.plist', folder: '/srv/cal', text: plist(body)});

describe('caldavd.plist as Config', () => {
  test('an empty plist gives the defaults, paths within the server’s folder, the whole of it frozen', () => {
    const {config} = inspect('');
    expect(config).toMatchObject({
      folder: '/srv/cal',
      file: '/srv/cal/conf/caldavd.plist',
      httpPort: 0,
      documentRoot: '/srv/cal/data/documents',
      pidFile: '/srv/cal/run/caldavd.pid',
      tls: {certificate: '', privateKey: '', authorityChain: ''},
      authentication: {basic: {enabled: true, allowedOverWireUnencrypted: false}, digest: {enabled: false}},
      directory: {type: 'XMLDirectoryService', xmlFile: '/srv/cal/conf/auth/accounts.xml'},
      limits: {userQuotaBytes: 104_857_600, maxResourceSizeBytes: 1_048_576},
      umask: 0o027,
      processType: 'Combined',
    });
    expect(config!.serverHostName).not.toBe('');
    expect(config!.defaultTimezone).not.toBe('');
    expect([config, config!.limits, config!.bindAddresses, config!.authentication.digest.algorithms].every(Object.isFrozen)).toBe(
      true,
    );
  });

  test('values of every type are taken', () => {
    const {config, problems} = inspect(`
      <key>HTTPPort</key><integer>8008</integer>
      <key>BindAddresses</key><array><string>127.0.0.1</string><string>::1</string></array>
      <key>BindSSLPorts</key><array><integer>443</integer></array>
      <key>TrustedProxies</key><array><string>10.0.0.0/8</string></array>
      <key>DocumentRoot</key><string>../elsewhere</string>
      <key>AccessLogFile</key><string>/var/log/caldav/access.log</string>
      <key>umask</key><string>0077</string>
      <key>RejectClients</key><array><string>^Old/1\\.</string></array>
      <key>DefaultTimezone</key><string>Europe/Berlin</string>
      <key>DefaultLogLevel</key><string>WARN</string>
      <key>Authentication</key><dict><key>Digest</key><dict><key>Enabled</key><true/>
        <key>Algorithms</key><array><string>md5</string></array></dict></dict>`);
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      httpPort: 8008,
      bindAddresses: ['127.0.0.1', '::1'],
      bindSslPorts: [443],
      trustedProxies: ['10.0.0.0/8'],
      documentRoot: '/srv/elsewhere',
      umask: 0o077,
      rejectClients: [/^Old\/1\./],
      defaultTimezone: 'Europe/Berlin',
      logs: {accessLogFile: '/var/log/caldav/access.log', level: 'warn'},
      authentication: {digest: {enabled: true, algorithms: ['MD5']}},
    });
  });

  test.each([
    ['<key>HTTPPort</key><string>8008</string>', 'HTTPPort must be a port number from 0 to 65535, and is the text “8008”'],
    ['<key>HTTPPort</key><integer>70000</integer>', 'HTTPPort must be a port number from 0 to 65535, and is 70000'],
    ['<key>UserQuota</key><integer>-1</integer>', 'UserQuota must be a whole number, 0 or more, and is -1'],
    ['<key>umask</key><integer>27</integer>', 'umask must be octal digits, and is 27'],
    [
      '<key>RejectClients</key><array><string>(</string></array>',
      'RejectClients must be a list of regular expressions, and is the list (the text “(”)',
    ],
    [
      '<key>BindAddresses</key><array><string>localhost</string></array>',
      'BindAddresses must be a list of IP addresses, and is the list (the text “localhost”)',
    ],
    [
      '<key>TrustedProxies</key><array><string>10.0.0.0/33</string></array>',
      'TrustedProxies must be a list of IP addresses or blocks, and is the list (the text “10.0.0.0/33”)',
    ],
    ['<key>ProcessType</key><string>Slave</string>', 'ProcessType must be Single or Combined, and is the text “Slave”'],
    ['<key>Authentication</key><true/>', 'Authentication must be a dictionary'],
    [
      '<key>MinDateTime</key><string>20260230T000000Z</string>',
      'MinDateTime must be a date and time in UTC, and is the text “20260230T000000Z”',
    ],
    [
      '<key>DefaultTimezone</key><string>Mars</string>',
      'DefaultTimezone must be the name of a time zone, and is the text “Mars”',
    ],
  ])('%s is refused', (body, message) => {
    const {config, problems} = inspect(body);
    expect(config).toBeUndefined();
    expect(problems).toEqual([expect.objectContaining({line: 4, message, fix: expect.stringMatching(/^Write /)})]);
  });

  test.each([
    ['<key>HTTPort</key><integer>1</integer>', 'HTTPort', 'Did you mean HTTPPort?'],
    ['<key>documentroot</key><string>x</string>', 'documentroot', 'Did you mean DocumentRoot?'],
    [
      '<key>Authentication</key><dict><key>Basik</key><dict><key>Enabled</key><true/></dict></dict>',
      'Authentication.Basik',
      'Did you mean Authentication.Basic?',
    ],
    ['<key>ProcessCount</key><integer>1</integer>', 'ProcessCount', 'Did you mean MultiProcess.ProcessCount?'],
    ['<key>Quark</key><true/>', 'Quark', 'See caldav config list for the keys there are'],
  ])('%s is answered with the nearest right key', (body, key, fix) => {
    expect(inspect(body).problems).toEqual([expect.objectContaining({key, message: `${key} is no key of caldavd.plist`, fix})]);
  });

  test('a key that has no effect here is a note that says why, and what is inside it is not looked into', () => {
    const {config, notes} = inspect(`<key>EnableDropBox</key><true/>
      <key>Notifications</key><dict><key>CoalesceSeconds</key><integer>3</integer><key>Whatever</key><true/></dict>`);
    expect(config).toBeDefined();
    expect(notes.map(({line, message}) => [line, message])).toEqual([
      [4, 'EnableDropBox is known, without effect here, because this version has no drop boxes'],
      [5, 'Notifications is known, without effect here, because no client speaks it any more'],
    ]);
  });
});

describe('loadConfig', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'caldav-config-'));
  });
  afterAll(() => rmSync(folder, {recursive: true}));

  test('a missing file is answered with what to type', () => {
    const file = join(folder, 'none.plist');
    expect(() => loadConfig({file, folder})).toThrow(
      expect.objectContaining({name: 'UserError', message: `There is no configuration at ${file}.`, fix: 'Type: caldav setup'}),
    );
  });

  test('a wrong key is answered with file, line and the nearest right one', () => {
    const file = join(folder, 'wrong.plist');
    writeFileSync(file, plist('<!-- ports -->\n<key>SLPort</key><integer>8443</integer>'));
    expect(() => loadConfig({file, folder})).toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: `${file}, line 5: SLPort is no key of caldavd.plist.`,
        fix: 'Did you mean SSLPort?',
      }),
    );
  });

  test('what is no property list is answered with its line', () => {
    const file = join(folder, 'broken.plist');
    writeFileSync(file, '<plist>\n<dict>\n<key>a</dict></plist>');
    expect(() => loadConfig({file, folder})).toThrow(
      expect.objectContaining({name: 'UserError', message: expect.stringContaining('line 3')}),
    );
  });
});

test('parseConfig takes keys and values', () => {
  const place = {file: '/srv/conf/caldavd.plist', folder: '/srv'};
  expect(parseConfig({plist: {HTTPPort: 8008, Authentication: {Digest: {Enabled: true}}}, ...place})).toMatchObject({
    httpPort: 8008,
    authentication: {digest: {enabled: true}},
  });
  expect(() => parseConfig({plist: {HTTPort: 8008}, ...place})).toThrow(/HTTPort is no key/);
});
