import {createHash, createPrivateKey, randomUUID, X509Certificate} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {chmod, mkdir, rm, writeFile} from 'node:fs/promises';
import {createServer, type Server} from 'node:net';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {execa} from 'execa';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {loadDirectory} from '../../src/accounts/load.ts';
import {createAuthority, issueCertificate} from '../../src/certificates/issue.ts';
import {namesOf} from '../../src/certificates/renew.ts';
import {loadConfig} from '../../src/config/load.ts';
import type {DoctorRequest} from '../../src/doctor/run.ts';
import type {Answers} from '../../src/setup/answers.ts';
import {renew} from '../../src/setup/renew.ts';
import {runSetup} from '../../src/setup/setup.ts';
import {writeUnfinished} from '../../src/setup/unfinished.ts';
import {temporaryFolder} from '../support/temporary.ts';

/** A set-up hashes passwords and, as root, starts processes: on a busy machine that takes its time. */
vi.setConfig({testTimeout: 90_000});

/** The doctor comes with all its measurements where they are what is tested, and else with one check. */
const doctor = vi.hoisted(() => ({only: ['configuration'] as string[] | undefined}));
vi.mock('../../src/doctor/run.ts', async original => {
  const real = await original<typeof import('../../src/doctor/run.ts')>();
  return {...real, runDoctor: (request: DoctorRequest) => real.runDoctor({...request, ...(doctor.only && {only: doctor.only})})};
});

const asRoot = process.geteuid?.() === 0;
/** Root would make a system account and give it the data: here it takes one that every system has. */
const mine: Answers = {httpPort: 0, sslPort: 18443, user: 'ann', ...(asRoot && {runAs: 'nobody'})};

function server(dir: string) {
  const lines: string[] = [];
  const out = {json: true, interactive: false, animated: false, line: (text = '') => void lines.push(text)};
  const io = {out, dir, configFile: join(dir, 'conf/caldavd-dev.plist')};
  return {
    lines,
    io,
    setup: (answers: Answers = mine, more = {}) => runSetup({answers, yes: true, ...more}, io),
    read: (name: string) => readFileSync(join(dir, name), 'utf8'),
    mode: (name: string) => (statSync(join(dir, name)).mode & 0o777).toString(8),
  };
}

async function folder(): Promise<string> {
  const dir = await temporaryFolder();
  await chmod(dir, 0o755); // so that the account root becomes can get in
  return dir;
}

/** Every file below a folder with a hash of what it holds; databases of homes and logs aside. */
function snapshot(dir: string): Record<string, string> {
  const files = readdirSync(dir, {recursive: true, withFileTypes: true}).filter(
    entry => entry.isFile() && !entry.name.includes('.sqlite'),
  );
  return Object.fromEntries(
    files.map(({parentPath, name}) => [
      join(parentPath, name).slice(dir.length + 1),
      createHash('sha256')
        .update(readFileSync(join(parentPath, name)))
        .digest('hex'),
    ]),
  );
}

describe('setup in an empty folder', () => {
  test('makes a server: configuration, accounts, certificate, calendars', async () => {
    const dir = await folder();
    const {setup, read, mode, io} = server(dir);
    doctor.only = undefined;
    onTestFinished(() => {
      doctor.only = ['configuration'];
    });
    const {changed, accounts, config, doctor: found} = await setup();
    expect(changed).toBe(true);
    expect(new Set(found!.results.map(({check}) => check)).size).toBeGreaterThan(5);
    expect(config).toEqual(loadConfig({file: io.configFile, folder: dir}));
    expect(config).toMatchObject({
      serverHostName: hostname(),
      sslPort: 18443,
      documentRoot: join(dir, 'data/documents'),
      adminPrincipals: ['/principals/users/admin/'],
      userName: asRoot ? 'nobody' : '',
    });
    expect(['conf/auth/accounts.xml', 'conf/tls/ca-key.pem', 'conf/tls/server-key.pem'].map(mode)).toEqual(['600', '600', '600']);
    expect(['data', 'data/documents', 'logs', 'run', 'conf/auth', 'conf/tls'].map(mode)).toEqual([
      '750',
      '750',
      '750',
      '750',
      '700',
      '700',
    ]);
    expect(read('conf/caldavd-dev.plist').match(/<!--/g)!.length).toBeGreaterThan(20);
    expect(Object.keys(snapshot(dir)).sort()).toEqual([
      'conf/auth/accounts.dtd',
      'conf/auth/accounts.xml',
      'conf/caldavd-apple.plist',
      'conf/caldavd-dev.plist',
      'conf/caldavd.plist',
      'conf/tls/ca-key.pem',
      'conf/tls/ca.pem',
      'conf/tls/server-key.pem',
      'conf/tls/server.pem',
    ]);

    const directory = await loadDirectory(config!.directory.xmlFile);
    expect(accounts.map(({name, admin}) => [name, admin])).toEqual([
      ['admin', true],
      ['ann', false],
    ]);
    for (const {name, password} of accounts) {
      expect((await directory.verify(name, password!))?.uids).toEqual([name]);
      for (const file of readdirSync(dir, {recursive: true, encoding: 'utf8'}).filter(one => statSync(join(dir, one)).isFile())) {
        expect(readFileSync(join(dir, file)).includes(password!), file).toBe(false);
      }
    }
    const [ca, leaf] = ['ca', 'server'].map(name => new X509Certificate(read(`conf/tls/${name}.pem`)));
    expect(leaf!.verify(ca!.publicKey)).toBe(true);
    expect(namesOf(leaf!)).toEqual(expect.arrayContaining([hostname(), 'localhost', '127.0.0.1', '::1']));

    const guid = directory.findByName('users', 'ann')!.guid;
    const home = join(dir, 'data/documents/calendars/__uids__', guid.slice(0, 2), guid.slice(2, 4), guid);
    expect(
      readdirSync(home)
        .filter(name => !name.startsWith('.'))
        .sort(),
    ).toEqual(['calendar', 'inbox', 'outbox', 'tasks']);
    if (asRoot) expect(statSync(join(home, 'calendar')).uid).not.toBe(0);
  });

  test('a second time it changes nothing, and shows no password', async () => {
    const dir = await folder();
    const {setup} = server(dir);
    await setup();
    const before = snapshot(dir);
    expect(await setup()).toMatchObject({changed: false, accounts: []});
    expect(await setup({})).toMatchObject({changed: false, accounts: []});
    expect(snapshot(dir)).toEqual(before);
  });

  test('passwords that were typed are taken, and not shown', async () => {
    const dir = await folder();
    const {setup} = server(dir);
    const {config, accounts} = await setup(mine, {passwords: {user: 'correct horse', admin: 'battery staple'}});
    const directory = await loadDirectory(config!.directory.xmlFile);
    expect((await directory.verify('ann', 'correct horse'))?.uids).toEqual(['ann']);
    expect((await directory.verify('admin', 'battery staple'))?.uids).toEqual(['admin']);
    expect(accounts).toEqual([
      {name: 'admin', admin: true},
      {name: 'ann', admin: false},
    ]);
  });

  test('a dry run leaves nothing', async () => {
    const dir = await folder();
    const {setup} = server(dir);
    const {plan, changed} = await setup(mine, {dryRun: true});
    expect(changed).toBe(false);
    expect(plan.config.action).toBe('make');
    expect(readdirSync(dir)).toEqual([]);
  });

  test('force writes anew, and keeps what it replaces', async () => {
    const dir = await folder();
    const {setup, read} = server(dir);
    await setup();
    const [plist, ca] = ['conf/caldavd-dev.plist', 'conf/tls/ca.pem'].map(read);
    const guid = /<guid>(.*?)<\/guid>/.exec(read('conf/auth/accounts.xml'))![1];
    const {config, accounts} = await setup({...mine, sslPort: 18444, force: true});
    expect(config!.sslPort).toBe(18444);
    expect(accounts.map(({name}) => name)).toEqual(['admin', 'ann']);
    expect(read('conf/tls/ca.pem')).toBe(ca);
    expect(read('conf/auth/accounts.xml')).toContain(guid);
    const backups = Object.keys(snapshot(dir)).filter(name => name.endsWith('.bak'));
    expect(backups.map(name => name.replace(/\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.bak$/, '')).sort()).toEqual([
      'conf/auth/accounts.dtd',
      'conf/auth/accounts.xml',
      'conf/caldavd-apple.plist',
      'conf/caldavd-dev.plist',
      'conf/caldavd.plist',
      'conf/tls/server-key.pem',
      'conf/tls/server.pem',
    ]);
    expect(read(backups.find(name => name.includes('caldavd-dev'))!)).toBe(plist);
    expect(statSync(join(dir, backups.find(name => name.includes('server-key'))!)).mode & 0o777).toBe(0o600);
  });

  test('a plist that is wrong stops it, and force does not', async () => {
    const dir = await folder();
    const {setup, io} = server(dir);
    await mkdir(join(dir, 'conf'));
    await writeFile(io.configFile, '<plist><dict><key>HTTPort</key><integer>1</integer></dict></plist>');
    await expect(setup()).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('HTTPort'),
      fix: expect.stringContaining('--force'),
    });
    expect(readdirSync(join(dir, 'conf'))).toEqual(['caldavd-dev.plist']);
    expect((await setup({...mine, force: true})).config!.sslPort).toBe(18443);
  });
});

describe('a set-up that was interrupted', () => {
  test('is continued with the same answers; passwords that nobody saw are made again', async () => {
    const dir = await folder();
    const {setup, io, read} = server(dir);
    const first = await setup({...mine, realm: 'Ours'});
    const [ca, accounts] = ['conf/tls/ca.pem', 'conf/auth/accounts.xml'].map(read);
    await rm(io.configFile);
    await writeUnfinished(dir, {answers: first.plan.answers, madeAccounts: true});
    await writeFile(join(dir, 'conf/tls', `.${randomUUID()}.new`), 'half a key');

    const second = await setup({});
    expect(second.config).toEqual(first.config);
    expect(readdirSync(join(dir, 'conf/tls')).sort()).toEqual(['ca-key.pem', 'ca.pem', 'server-key.pem', 'server.pem']);
    expect(read('conf/tls/ca.pem')).toBe(ca);
    expect(read('conf/auth/accounts.xml')).toContain('realm="Ours"');
    expect(second.accounts.map(({name}) => name)).toEqual(['admin', 'ann']);
    expect(second.accounts.map(({password}) => password)).not.toEqual(first.accounts.map(({password}) => password));
    const guids = (text: string) => text.match(/<guid>.*?<\/guid>/g);
    expect(guids(read('conf/auth/accounts.xml'))).toEqual(guids(accounts!));
    expect(Object.keys(snapshot(dir)).filter(name => /bak$|unfinished/.test(name))).toEqual([]);
    expect(await setup({})).toMatchObject({changed: false, accounts: []});
  });

  test('by kill -9, at whatever moment: the next one ends with a server whose passwords are known', async () => {
    const dir = await folder();
    const {setup, io} = server(dir);
    const program = join(await temporaryFolder(), 'caldav.mjs');
    const main = join(import.meta.dirname, '../../src/cli/main.ts');
    await writeFile(program, `process.exitCode = await (await import(${JSON.stringify(main)})).main(process.argv.slice(2));\n`);
    const flags = [
      '--dir',
      dir,
      'setup',
      '--yes',
      '--user',
      'ann',
      '--http-port',
      '0',
      '--ssl-port',
      '18443',
      ...(asRoot ? ['--run-as', 'nobody'] : []),
    ];
    for (const mark of ['conf/tls/ca.pem', 'conf/auth/accounts.xml', 'conf/caldavd-dev.plist']) {
      const running = execa(process.execPath, [program, ...flags], {reject: false, stdin: 'ignore'});
      let ended = false;
      void running.then(() => {
        ended = true;
      });
      while (!ended && !existsSync(join(dir, mark))) await wait(2);
      running.kill('SIGKILL');
      await running;
    }
    const {accounts, config} = await setup();
    const directory = await loadDirectory(config!.directory.xmlFile);
    for (const {name, password} of accounts) expect((await directory.verify(name, password!))?.uids).toEqual([name]);
    expect(config).toEqual(loadConfig({file: io.configFile, folder: dir}));
    expect(Object.keys(snapshot(dir)).filter(name => /\.new$|\.bak$|unfinished/.test(name))).toEqual([]);
  });

  test('accounts that were there before it stay', async () => {
    const dir = await folder();
    const {setup, read} = server(dir);
    await mkdir(join(dir, 'conf/auth'), {recursive: true});
    const old = '<accounts realm="Old"><user><uid>eve</uid><password>secret</password></user></accounts>';
    await writeFile(join(dir, 'conf/auth/accounts.xml'), old);
    await expect(setup()).rejects.toMatchObject({message: expect.stringContaining('has no account ann')});
    const {accounts, plan} = await setup({...mine, user: undefined as never, admin: 'eve'});
    expect(accounts).toEqual([]);
    expect(plan.admin).toBe('eve');
    expect(read('conf/auth/accounts.xml')).toBe(old);
    expect(read('conf/caldavd-dev.plist')).toContain('<string>/principals/users/eve/</string>');
  });
});

describe('ports', () => {
  test('one that is in use is passed over', async () => {
    const busy = await new Promise<Server>(resolve => {
      const listening = createServer().listen(0, () => resolve(listening));
    });
    onTestFinished(() => void busy.close());
    const {port} = busy.address() as {port: number};
    const {busyPorts} = await import('../../src/setup/look.ts');
    const found = await busyPorts([port], []);
    expect([...found.keys()]).toEqual([port]);
    expect(found.get(port)).toBeGreaterThan(port);
    expect(await busyPorts([0], [])).toEqual(new Map());
  });
});

describe('a person’s own certificate', () => {
  test('is taken where it is, if it can be used', async () => {
    const dir = await folder();
    const {setup} = server(dir);
    const {certificate, privateKey} = await issueCertificate({authority: await createAuthority('a'), names: ['cal.example']});
    await writeFile(join(dir, 'c.pem'), certificate);
    await writeFile(join(dir, 'k.pem'), privateKey);
    await writeFile(join(dir, 'other.pem'), (await createAuthority('b')).privateKey);
    const given = (tlsKey: string): Answers => ({...mine, tls: 'files', tlsCertificate: 'c.pem', tlsKey});
    await expect(setup(given('other.pem'))).rejects.toMatchObject({
      message: expect.stringContaining('does not belong to the certificate'),
    });
    await expect(setup(given('none.pem'))).rejects.toMatchObject({message: expect.stringContaining('cannot be read')});
    expect(readdirSync(dir).sort()).toEqual(['c.pem', 'k.pem', 'other.pem']);
    const {config} = await setup(given('k.pem'));
    expect(config!.tls).toEqual({certificate: join(dir, 'c.pem'), privateKey: join(dir, 'k.pem'), authorityChain: ''});
  });
});

describe('--renew', () => {
  test('makes a new certificate with a further name; one that is gone comes back', async () => {
    const dir = await folder();
    const {setup, io, read} = server(dir);
    await setup();
    const before = new X509Certificate(read('conf/tls/server.pem'));
    const {certificate} = await renew(io, ['new.example']);
    const after = new X509Certificate(readFileSync(certificate));
    expect(after.serialNumber).not.toBe(before.serialNumber);
    expect(namesOf(after)).toEqual(['new.example', ...namesOf(before)]);
    await rm(certificate);
    expect((await renew(io, [])).certificate).toBe(certificate);
    const again = new X509Certificate(readFileSync(certificate));
    expect(again.verify(new X509Certificate(read('conf/tls/ca.pem')).publicKey)).toBe(true);
    expect(again.checkPrivateKey(createPrivateKey(read('conf/tls/server-key.pem')))).toBe(true);
  });

  test('gives a server its first certificate, and the plist its name', async () => {
    const dir = await folder();
    const {setup, io, mode} = server(dir);
    expect((await setup({...mine, sslPort: 0, httpPort: 18080, tls: 'none'})).config!.tls.certificate).toBe('');
    const {certificate} = await renew(io, []);
    expect(loadConfig({file: io.configFile, folder: dir}).tls).toEqual({
      certificate,
      privateKey: join(dir, 'conf/tls/server-key.pem'),
      authorityChain: join(dir, 'conf/tls/ca.pem'),
    });
    expect([mode('conf/tls/server-key.pem'), mode('conf/tls/ca-key.pem'), mode('conf/tls')]).toEqual(['600', '600', '700']);
  });
});

test('passwords are not given to accounts that are there', async () => {
  const dir = await folder();
  const {setup, read} = server(dir);
  await setup();
  const before = read('conf/auth/accounts.xml');
  await expect(setup(mine, {passwords: {user: 'x'}})).rejects.toMatchObject({
    name: 'UserError',
    fix: 'Type: caldav user passwd NAME',
  });
  expect(read('conf/auth/accounts.xml')).toBe(before);
});
