import {describe, expect, test} from 'vitest';
import {parseConfig} from '../../src/config/load.ts';
import type {Found} from '../../src/setup/found.ts';
import {escapeFolder, nothingToDo, planSetup} from '../../src/setup/plan.ts';
import {printPlan} from '../../src/setup/print-plan.ts';

const empty: Found = {
  folder: '/srv/cal',
  configFile: '/srv/cal/conf/caldavd-dev.plist',
  config: undefined,
  existing: new Set(['/srv/cal']),
  machine: {hostName: 'mill.example', login: 'ann', root: false},
  busyPorts: new Map(),
  accounts: undefined,
  system: undefined,
  unfinished: undefined,
};

const files = (plan: ReturnType<typeof planSetup>) =>
  [...plan.authority, ...plan.certificate, plan.accountsFile, plan.config, ...plan.references].map(({path, action, mode}) => [
    path.replace('/srv/cal/conf/', ''),
    action,
    mode.toString(8),
  ]);

describe('a plan for an empty folder', () => {
  test('without answers it has defaults for everything', () => {
    const plan = planSetup({}, empty);
    expect(plan.settings).toEqual({
      host: 'mill.example',
      httpPort: 8008,
      sslPort: 8443,
      bind: [],
      documentRoot: '/srv/cal/data/documents',
      dataRoot: '/srv/cal/data',
      logDir: '/srv/cal/logs',
      runDir: '/srv/cal/run',
      accountsFile: '/srv/cal/conf/auth/accounts.xml',
      realm: 'Calendars',
      userName: '',
      tls: {
        kind: 'own',
        certificate: '/srv/cal/conf/tls/server.pem',
        privateKey: '/srv/cal/conf/tls/server-key.pem',
        authority: '/srv/cal/conf/tls/ca.pem',
      },
    });
    expect(plan.accounts).toEqual([
      {name: 'admin', fullName: 'Administrator', admin: true},
      {name: 'ann', fullName: 'ann', admin: false},
    ]);
    expect({admin: plan.admin, systemAccount: plan.systemAccount, remarks: plan.remarks}).toEqual({admin: 'admin', remarks: []});
  });

  test('secrets are for their owner alone, data is not for everybody', () => {
    const plan = planSetup({}, empty);
    expect(files(plan)).toEqual([
      ['tls/ca-key.pem', 'make', '600'],
      ['tls/ca.pem', 'make', '644'],
      ['tls/server-key.pem', 'make', '600'],
      ['tls/server.pem', 'make', '644'],
      ['auth/accounts.xml', 'make', '600'],
      ['caldavd-dev.plist', 'make', '644'],
      ['auth/accounts.dtd', 'make', '644'],
      ['caldavd.plist', 'make', '644'],
      ['caldavd-apple.plist', 'make', '644'],
    ]);
    expect(plan.folders.map(({path, mode}) => [path, mode.toString(8)])).toEqual([
      ['/srv/cal/conf', '755'],
      ['/srv/cal/conf/auth', '700'],
      ['/srv/cal/conf/tls', '700'],
      ['/srv/cal/data', '750'],
      ['/srv/cal/data/documents', '750'],
      ['/srv/cal/logs', '750'],
      ['/srv/cal/run', '750'],
    ]);
  });

  test('answers are followed, paths against the folder', () => {
    const answers = {
      host: 'cal.example',
      httpPort: 80,
      sslPort: 443,
      bind: ['::1'],
      documentRoot: '../docs',
      runDir: '/run/x',
      realm: 'R',
    };
    const {settings, accounts} = planSetup({...answers, admin: 'eve', user: 'eve', tls: 'files', tlsCertificate: 'c.pem'}, empty);
    expect(settings).toMatchObject({
      ...answers,
      documentRoot: '/srv/docs',
      dataRoot: '/srv/cal/data',
      tls: {kind: 'files', certificate: '/srv/cal/c.pem', privateKey: '/srv/cal/c.pem', authority: ''},
    });
    expect(accounts).toEqual([{name: 'eve', fullName: 'eve', admin: true}]);
  });

  test('without TLS there is no HTTPS port, no certificate, and a warning', () => {
    const plan = planSetup({tls: 'none'}, empty);
    expect(plan.settings).toMatchObject({sslPort: 0, tls: {kind: 'none', certificate: ''}});
    expect([plan.authority, plan.certificate]).toEqual([[], []]);
    expect(plan.remarks).toEqual([expect.stringMatching(/^Without TLS only programs on this machine can log in/)]);
  });

  test('a port in use is left to whoever has it, unless it was asked for', () => {
    const busy = {
      ...empty,
      busyPorts: new Map([
        [8008, 8009],
        [443, 444],
      ]),
    };
    const plan = planSetup({sslPort: 443}, busy);
    expect(plan.settings).toMatchObject({httpPort: 8009, sslPort: 443});
    expect(plan.remarks).toEqual([
      'Port 8008 is in use by another program, so this server takes 8009.',
      'Port 443 is in use by another program: stop it before you start the server, or choose another port.',
    ]);
  });

  test.each([
    ['ACME\\Ann Lee', 'annlee'],
    ['josé', 'josé'],
    ['???', 'user'],
    [undefined, 'user'],
    ['admin', 'admin'],
  ])('the first user of %s is %s', (login, name) => {
    const {accounts} = planSetup({}, {...empty, machine: {...empty.machine, login}});
    expect(accounts.at(-1)!.name).toBe(name);
  });
});

describe('a plan of root', () => {
  const root: Found = {
    ...empty,
    machine: {hostName: 'mill', login: undefined, root: true},
    system: {exists: false, canMake: true, canReachFolder: true},
  };

  test('makes a system account that the data belongs to', () => {
    const plan = planSetup({}, root);
    expect(plan.systemAccount).toEqual({name: 'caldav', action: 'make'});
    expect(plan.settings.userName).toBe('caldav');
    expect(plan.folders.filter(({served}) => served).map(({path}) => path.replace('/srv/cal/', ''))).toEqual([
      'data',
      'data/documents',
      'logs',
      'run',
    ]);
    expect(planSetup({runAs: 'www'}, {...root, system: {...root.system!, exists: true}}).systemAccount).toEqual({
      name: 'www',
      action: 'keep',
    });
  });

  test('puts the data where the account can get at it, and says so', () => {
    const far = {
      ...root,
      folder: '/root/my-cal',
      configFile: '/root/my-cal/conf/caldavd-dev.plist',
      system: {...root.system!, canReachFolder: false},
    };
    const {settings, remarks} = planSetup({logDir: '/var/log/cal'}, far);
    expect(settings).toMatchObject({
      documentRoot: '/var/lib/caldav/root-my%2Dcal/data/documents',
      logDir: '/var/log/cal',
      runDir: '/var/lib/caldav/root-my%2Dcal/run',
      accountsFile: '/root/my-cal/conf/auth/accounts.xml',
    });
    expect(remarks[0]).toContain('The account caldav can not get into /root/my-cal');
  });

  test('is refused where no account can be made', () => {
    const poor = {...root, system: {exists: false, canMake: false, canReachFolder: true}};
    expect(() => planSetup({}, poor)).toThrow(/caldav does not serve as root, and the account caldav .* can not be made here/);
  });

  test('no two folders have the same name under /var/lib/caldav', () => {
    expect(escapeFolder('/root/a-b')).not.toBe(escapeFolder('/root/a/b'));
    expect(escapeFolder('/root/a/b')).toBe('root-a-b');
    expect(escapeFolder('/')).toBe('-');
  });
});

describe('a plan where something is there', () => {
  const everything = [
    ...planSetup({}, empty).folders,
    ...planSetup({}, empty).authority,
    ...planSetup({}, empty).certificate,
    planSetup({}, empty).accountsFile,
    planSetup({}, empty).config,
    ...planSetup({}, empty).references,
  ].map(({path}) => path);
  const accounts = new Map(['admin', 'ann'].map(name => [name, {guid: `GUID-${name}`, fullName: `Full ${name}`}]));
  const config = parseConfig({
    plist: {
      ServerHostName: 'mill.example',
      HTTPPort: 8008,
      SSLPort: 8443,
      SSLCertificate: 'conf/tls/server.pem',
      SSLPrivateKey: 'conf/tls/server-key.pem',
    },
    file: empty.configFile,
    folder: '/srv/cal',
  });
  const whole: Found = {...empty, config, accounts, existing: new Set(everything)};
  const without = (...names: string[]) => ({
    ...whole,
    existing: new Set(everything.filter(path => !names.some(name => path.endsWith(name)))),
  });

  test('all is there: nothing to do', () => {
    const plan = planSetup({}, whole);
    expect(nothingToDo(plan)).toBe(true);
    expect(plan.accounts).toEqual([]);
    expect(printPlan(plan)).toContain('nothing to do');
    expect(
      nothingToDo(planSetup({host: 'mill.example', sslPort: 8443, documentRoot: 'data/documents', user: 'ann'}, whole)),
    ).toBe(true);
  });

  test.each([
    [{httpPort: 9000}, 'with HTTPPort 8008 and not 9000'],
    [{documentRoot: '/elsewhere'}, 'with DocumentRoot /srv/cal/data/documents and not /elsewhere'],
    [{tls: 'none' as const}, 'with SSLCertificate /srv/cal/conf/tls/server.pem and not none'],
    [{user: 'bob'}, 'has no account bob'],
  ])('an answer that contradicts it is refused: %o', (answers, message) => {
    expect(() => planSetup(answers, whole)).toThrow(message);
  });

  test('half of a set-up is completed: what is there stays', () => {
    const made = (plan: ReturnType<typeof planSetup>) =>
      files(plan).flatMap(([name, action]) => (action === 'keep' ? [] : [`${action} ${name}`]));
    expect(made(planSetup({}, without('caldavd.plist')))).toEqual(['make caldavd.plist']);
    expect(made(planSetup({}, without('server.pem')))).toEqual(['replace tls/server-key.pem', 'make tls/server.pem']);
    expect(made(planSetup({}, without('tls/ca.pem')))).toEqual([
      'replace tls/ca-key.pem',
      'make tls/ca.pem',
      'replace tls/server-key.pem',
      'replace tls/server.pem',
    ]);
    const {accounts: again, ...plan} = planSetup({}, {...without('caldavd-dev.plist'), config: undefined});
    expect({again, config: plan.config.action, admin: plan.admin}).toEqual({again: [], config: 'make', admin: 'admin'});
  });

  test('accounts whose passwords nobody has seen are made again, under the same GUIDs', () => {
    const plan = planSetup({}, {...whole, unfinished: {madeAccounts: true}});
    expect(plan.accountsFile.action).toBe('replace');
    expect(plan.settings.realm).toBe('Calendars');
    expect(plan.accounts.map(({name, guid}) => [name, guid])).toEqual([
      ['admin', 'GUID-admin'],
      ['ann', 'GUID-ann'],
    ]);
  });

  test('force replaces everything but the authority, which devices trust already', () => {
    const plan = planSetup({force: true, httpPort: 9000, user: 'bob'}, whole);
    expect(files(plan).map(([name, action]) => `${action} ${name}`)).toEqual([
      'keep tls/ca-key.pem',
      'keep tls/ca.pem',
      'replace tls/server-key.pem',
      'replace tls/server.pem',
      'replace auth/accounts.xml',
      'replace caldavd-dev.plist',
      'replace auth/accounts.dtd',
      'replace caldavd.plist',
      'replace caldavd-apple.plist',
    ]);
    expect(plan.settings.httpPort).toBe(9000);
    expect(plan.accounts).toEqual([
      {name: 'admin', fullName: 'Full admin', admin: true, guid: 'GUID-admin'},
      {name: 'bob', fullName: 'bob', admin: false},
    ]);
    expect(plan.remarks).toEqual([expect.stringContaining('of its 2 accounts only those named here come back')]);
  });
});
