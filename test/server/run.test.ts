import {chmodSync, cpSync, existsSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {Agent, request as httpRequest} from 'node:http';
import {connect, createServer} from 'node:net';
import {join} from 'node:path';
import {connect as connectTls} from 'node:tls';
import {describe, expect, test, vi} from 'vitest';
import {createAuthority, issueCertificate} from '../../src/certificates/issue.ts';
import {isAlive} from '../../src/server/pid-file.ts';
import {freePort} from '../support/loopback.ts';
import {temporaryFolder} from '../support/temporary.ts';
import {accountsXml, caldav, caldavFrom, event, isRoot, serverFolder, serving} from './server.ts';

const poll = (what: () => unknown) => expect.poll(what, {timeout: 30_000, interval: 50});

vi.setConfig({testTimeout: 90_000});

describe.for(['Single', 'Combined'])('caldav run, %s', ProcessType => {
  test('serves in the foreground, says where, and TERM ends it with nothing left', async () => {
    const server = await serverFolder({ProcessType});
    const {child, done, output} = server.run('run');
    await poll(output).toContain(`ready:\n  http://127.0.0.1:${server.port}/\n`);
    expect((await server.get()).status).toBe(200);
    expect(Number(server.read('run/caldavd.pid'))).toBe(child.pid);
    const {processes} = await server.status();
    child.kill('SIGTERM');
    expect(await done).toMatchObject({code: 0, stderr: ''});
    expect(processes.map(({pid}) => pid).filter(isAlive)).toEqual([]);
    expect(readdirSync(server.path('run'))).toEqual([]);
    expect(server.read('logs/access.log')).toMatch(
      /^127\.0\.0\.1 - ann \[.*\] "GET \/calendars\/users\/ann\/calendar\/ HTTP\/1\.1" 200 .* t=[\d.]+\n$/,
    );
  });

  test('-d comes back when it answers; stop comes back when it is gone', async () => {
    const server = await serverFolder({ProcessType});
    const started = await server.run('run', '-d').done;
    expect(started).toMatchObject({code: 0, stderr: ''});
    expect((await server.get()).status).toBe(200);
    const {pid, state, processes} = await server.status();
    expect([state, server.read('run/caldavd.pid')]).toEqual(['ready', `${pid}\n`]);
    const again = await server.run('run', '-d').done;
    expect(again).toMatchObject({code: 1, stderr: expect.stringContaining(`runs already, as process ${pid}`)});
    expect(await server.run('stop').done).toMatchObject({code: 0, stdout: 'The server has stopped.\n'});
    expect(processes.map(({pid}) => pid).filter(isAlive)).toEqual([]);
    expect(await server.run('stop').done).toMatchObject({code: 0, stdout: 'No server runs here.\n'});
    expect(await server.run('status', '--json').done).toMatchObject({code: 1, stdout: expect.stringContaining('"stopped"')});
  });

  test.runIf(isRoot)('started by root, whoever answers is the account named by UserName, with its group', async () => {
    const server = await serverFolder({ProcessType});
    await server.run('run', '-d').done;
    const {processes} = await server.status();
    const answering = processes.filter(({role}) => role !== 'supervisor');
    expect(answering.length).toBeGreaterThan(0);
    for (const {uid, gid} of answering) expect([uid, gid]).toEqual([serving.uid, serving.gid]);
  });

  test.runIf(isRoot)('the account need not be able to read the program or the configuration', async () => {
    const server = await serverFolder({ProcessType});
    const checkout = await temporaryFolder(); // for root alone
    cpSync(join(import.meta.dirname, '../../src'), join(checkout, 'src'), {recursive: true});
    cpSync(join(import.meta.dirname, '../../package.json'), join(checkout, 'package.json'));
    symlinkSync(join(import.meta.dirname, '../../node_modules'), join(checkout, 'node_modules'));
    chmodSync(server.path('conf'), 0o700);
    const started = await caldavFrom(checkout, 'run', '-d', '--dir', server.folder).done;
    expect(started.stdout + started.stderr).toContain('The server is ready');
    expect((await server.put('1')).status).toBe(201);
    expect(await (await server.get()).text()).toContain('UID:1');
    expect(await server.run('stop').done).toMatchObject({code: 0});
    expect(server.read('logs/error.log')).not.toContain('"level":"error"');
  });

  test('an answer under way when TERM comes is finished', async () => {
    const server = await serverFolder({ProcessType});
    const {child, done, output} = server.run('run');
    await poll(output).toContain('ready');
    const authorization = `Basic ${Buffer.from('ann:ann').toString('base64')}`;
    const body = event('1');
    const socket = connect(server.port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', text => {
      answer += text;
    });
    const head = `PUT /calendars/users/ann/calendar/1.ics HTTP/1.1\r\nHost: h\r\nAuthorization: ${authorization}\r\nContent-Type: text/calendar\r\n`;
    socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body.slice(0, 20)}`);
    await poll(async () => (await server.status()).processes.some(({underWay}) => underWay === 1)).toBe(true);
    child.kill('SIGTERM');
    await poll(() => isRefused(server.port)).toBe(true);
    expect(child.exitCode).toBe(null);
    socket.write(body.slice(20));
    await poll(() => answer).toMatch(/^HTTP\/1\.1 201 [\s\S]*\r\nconnection: close\r\n/i);
    expect((await done).code).toBe(0);
  });

  test('a second TERM does not wait for what is under way', async () => {
    const server = await serverFolder({ProcessType});
    const {child, done, output} = server.run('run');
    await poll(output).toContain('ready');
    const socket = connect(server.port, '127.0.0.1').on('error', () => {});
    socket.write('PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n');
    await poll(async () => (await server.status()).processes.some(({underWay}) => underWay === 1)).toBe(true);
    child.kill('SIGTERM');
    await poll(() => isRefused(server.port)).toBe(true);
    const begun = Date.now();
    child.kill('SIGTERM');
    expect((await done).code).toBe(0);
    expect(Date.now() - begun).toBeLessThan(10_000);
  });

  test('a change of accounts.xml is known within a second and drops no connection; a broken one keeps the old', async () => {
    const server = await serverFolder({ProcessType});
    await server.run('run', '-d').done;
    const agent = new Agent({keepAlive: true, maxSockets: 1});
    const ports = new Set<number>();
    const as = (name: string) =>
      new Promise<number>((resolve, reject) => {
        const sent = httpRequest(
          `${server.url}/calendars/users/${name}/`,
          {method: 'PROPFIND', agent, auth: `${name}:${name}`, headers: {depth: 0}},
          answer => {
            answer.resume().on('end', () => resolve(answer.statusCode!));
          },
        );
        sent
          .on('socket', socket => ports.add(socket.localPort ?? 0))
          .on('error', reject)
          .end();
      });
    expect([await as('ann'), await as('bob')]).toEqual([207, 401]);
    writeFileSync(server.path('conf/auth/accounts.xml'), accountsXml('ann', 'bob'));
    const changed = Date.now();
    await poll(() => as('bob')).toBe(207);
    expect(Date.now() - changed).toBeLessThan(3000); // a second, and what a busy machine adds
    writeFileSync(server.path('conf/auth/accounts.xml'), '<accounts realm="x"><user></accounts>');
    await poll(() => server.read('logs/error.log')).toContain('What was read before stays in force.');
    expect(await as('bob')).toBe(207);
    const {code, stderr} = await server.run('reload').done;
    expect([code, stderr]).toEqual([1, expect.stringContaining('accounts.xml, line 1')]);
    agent.destroy();
    expect(ports.size).toBe(1);
  });

  test('reload takes up the configuration, and says what needs a restart', async () => {
    const server = await serverFolder({ProcessType});
    await server.run('run', '-d').done;
    expect((await fetch(server.url, {headers: {'user-agent': 'Bad/1'}})).status).not.toBe(403);
    server.write({ProcessType, RejectClients: ['Bad/1'], HTTPPort: server.port + 1});
    const report = JSON.parse((await server.run('reload', '--json').done).stdout);
    // The server may have noticed by itself first; it says the same in its log.
    expect(JSON.stringify(report) + server.read('logs/error.log')).toContain(
      'HTTPPort takes effect when the server is restarted.',
    );
    expect((await fetch(server.url, {headers: {'user-agent': 'Bad/1'}})).status).toBe(403);
    server.write({ProcessType, RejectCleints: ['x']});
    const wrong = await server.run('reload').done;
    expect(wrong).toMatchObject({code: 1, stderr: expect.stringContaining('RejectClients')});
    expect((await server.get()).status).toBe(200);
  });

  test('a certificate that is replaced is used within a second, and a broken one is not', async () => {
    const ssl = await freePort();
    const server = await serverFolder({ProcessType, SSLPort: ssl, SSLCertificate: 'conf/c.pem', SSLPrivateKey: 'conf/k.pem'});
    const authority = await createAuthority('test');
    const store = async (name: string) => {
      const {certificate, privateKey} = await issueCertificate({authority, names: [name]});
      writeFileSync(server.path('conf/k.pem'), privateKey);
      writeFileSync(server.path('conf/c.pem'), certificate);
    };
    await store('one');
    expect((await server.run('run', '-d').done).stdout).toContain(`https://127.0.0.1:${ssl}/`);
    expect(await certificateAt(ssl)).toBe('one');
    await store('two');
    await poll(() => certificateAt(ssl)).toBe('two');
    writeFileSync(server.path('conf/c.pem'), 'nothing');
    await poll(() => server.read('logs/error.log')).toContain('holds no certificate');
    expect(await certificateAt(ssl)).toBe('two');
  });

  test('a certificate that has run out is said to have', async () => {
    const tls = {SSLPort: await freePort(), SSLCertificate: 'conf/c.pem', SSLPrivateKey: 'conf/k.pem'};
    const server = await serverFolder({ProcessType, ...tls});
    const now = new Date('2020-01-01T00:00:00Z');
    const {certificate, privateKey} = await issueCertificate({
      authority: await createAuthority('test', now),
      names: ['one'],
      now,
    });
    writeFileSync(server.path('conf/k.pem'), privateKey);
    writeFileSync(server.path('conf/c.pem'), certificate);
    const {code, stderr} = await server.run('run', '-d').done;
    expect(code).toBe(0);
    expect(stderr).toMatch(/c\.pem ran out on 202\d-\d\d-\d\d, .*caldav setup --renew/);
  });

  test('HUP opens the logs anew', async () => {
    const server = await serverFolder({ProcessType});
    await server.run('run', '-d').done;
    await server.get();
    await poll(() => server.read('logs/access.log')).toContain('GET');
    renameSync(server.path('logs/access.log'), server.path('logs/old.log'));
    process.kill(Number(server.read('run/caldavd.pid')), 'SIGHUP');
    await poll(() => existsSync(server.path('logs/access.log'))).toBe(true);
    await server.get();
    await poll(() => server.read('logs/access.log')).toContain('GET');
  });

  test('-S leaves a CPU profile of each process that answered', async () => {
    const server = await serverFolder({ProcessType, MultiProcess: {ProcessCount: 2}});
    await server.run('run', '-d', '-S', server.path('run')).done;
    await server.get();
    await server.run('stop').done;
    const profiles = readdirSync(server.path('run')).filter(name => name.endsWith('.cpuprofile'));
    expect(profiles.length).toBe(ProcessType === 'Single' ? 1 : 2);
    expect(JSON.parse(server.read(`run/${profiles[0]}`)).nodes.length).toBeGreaterThan(10);
  });
});

describe('Combined', () => {
  test('a worker that is killed is replaced, and what it had promised is there', async () => {
    const server = await serverFolder({ProcessType: 'Combined', MultiProcess: {ProcessCount: 2}});
    await server.run('run', '-d').done;
    expect((await server.put('1')).status).toBe(201);
    const workers = (await server.status()).processes.filter(({role}) => role === 'worker').map(({pid}) => pid);
    expect(workers).toHaveLength(2);
    for (const pid of workers) process.kill(pid, 'SIGKILL');
    await poll(async () => (await server.status()).processes.filter(({uid}) => uid >= 0).length).toBe(3);
    const {respawns, processes} = await server.status();
    expect(respawns).toBe(2);
    for (const pid of workers) expect(processes.map(({pid}) => pid)).not.toContain(pid);
    expect(await (await server.get()).text()).toContain('UID:1');
    expect(server.read('logs/error.log')).toContain('a worker has died and is replaced');
  });

  test('being asked often leaves nothing behind that piles up', async () => {
    const server = await serverFolder({ProcessType: 'Combined', MultiProcess: {ProcessCount: 1}});
    const running = server.run('run');
    await poll(async () => (await server.status()).state).toBe('ready');
    for (let time = 0; time < 12; time++) expect((await server.status()).processes).toHaveLength(2);
    await server.run('stop').done;
    expect((await running.done).stderr).toBe('');
  });

  test('workers end when their supervisor is killed', async () => {
    const server = await serverFolder({ProcessType: 'Combined'});
    await server.run('run', '-d').done;
    const {pid, processes} = await server.status();
    process.kill(pid!, 'SIGKILL');
    await poll(() => processes.map(({pid}) => pid).filter(isAlive)).toEqual([]);
    const started = await server.run('run', '-d').done;
    expect(started).toMatchObject({code: 0, stderr: expect.stringContaining('left by a server that is gone')});
  });
});

describe('what keeps it from starting is a sentence and a fix, with nothing left behind', () => {
  async function refused(server: Awaited<ReturnType<typeof serverFolder>>, ...args: string[]) {
    const {code, stdout, stderr} = await server.run('run', ...args).done;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(readdirSync(server.path('run'))).toEqual([]);
    return stderr;
  }

  test.for([{args: []}, {args: ['-d']}, {args: ['-t', 'Combined']}])(
    'a busy port, named with whoever has it ($args)',
    async ({args}) => {
      const server = await serverFolder();
      const other = createServer();
      await new Promise<void>(resolve => other.listen(server.port, '127.0.0.1', resolve));
      const stderr = await refused(server, ...args);
      await new Promise(resolve => other.close(resolve));
      expect(stderr).toContain(`Port ${server.port} on 127.0.0.1 is in use by process ${process.pid} (`);
      expect(stderr).toContain('caldav config set HTTPPort');
    },
  );

  test('an address that is not this machine’s', async () => {
    expect(await refused(await serverFolder({BindAddresses: ['192.0.2.1']}))).toContain('This machine has no address 192.0.2.1.');
  });

  test('a wrong key, with the nearest right one', async () => {
    expect(await refused(await serverFolder({HTTPprot: 1}))).toMatch(/HTTPprot is no key.*\nDid you mean HTTPPort\?$/m);
  });

  test('accounts that are no XML', async () => {
    const server = await serverFolder();
    writeFileSync(server.path('conf/auth/accounts.xml'), '<accounts');
    expect(await refused(server)).toContain('accounts.xml, line 1');
  });

  test('a certificate that is not there, or is none', async () => {
    const tls = {SSLPort: 1, SSLCertificate: 'conf/server.pem', SSLPrivateKey: 'conf/server.pem'};
    const server = await serverFolder(tls);
    expect(await refused(server)).toContain(`There is no certificate at ${server.path('conf/server.pem')}.`);
    writeFileSync(server.path('conf/server.pem'), 'nothing');
    expect(await refused(server)).toMatch(/holds no certificate.*\n.*caldav setup --renew/);
    expect(await refused(await serverFolder({SSLPort: 1}))).toContain('no certificate (SSLCertificate)');
  });

  test('a folder for the data that is not there, or that the account may not write', async () => {
    const server = await serverFolder();
    chmodSync(server.path('docs'), 0o500);
    if (isRoot) (await import('node:fs')).chownSync(server.path('docs'), 0, 0);
    expect(await refused(server)).toContain(server.path('docs'));
    rmSync(server.path('docs'), {recursive: true});
    expect(await refused(server)).toContain(`The folder for the data, ${server.path('docs')}, does not exist.`);
  });

  test('no configuration: says what to type', async () => {
    const server = await serverFolder();
    rmSync(server.path('conf/caldavd-dev.plist'));
    expect(await refused(server)).toContain('caldav setup --yes');
    expect(await refused(server, '-n')).toContain('-n says never to set up');
  });

  test.runIf(isRoot)('root without UserName', async () => {
    expect(await refused(await serverFolder({UserName: ''}))).toMatch(/does not serve as root.*\n.*caldav config set UserName/);
    expect(await refused(await serverFolder({UserName: 'no-such-account'}))).toContain('There is no account no-such-account');
  });
});

describe('switches of the original', () => {
  test('-K prints a value, -p where the program is, -P and -R are explained', async () => {
    const server = await serverFolder();
    expect(await server.run('run', '-K', 'HTTPPort').done).toMatchObject({code: 0, stdout: `${server.port}\n`});
    const {stdout} = await server.run('run', '-p', '-P', 'caldav', '-R', 'kqueue').done;
    expect(stdout.split('\n')).toEqual([
      join(import.meta.dirname, '../..'),
      expect.stringMatching(/node_modules$/),
      process.execPath,
      '',
    ]);
    const {stderr} = await server.run('run', '-p', '-P', 'caldav', '-R', 'kqueue').done;
    expect(stderr).toMatch(/-P has no meaning any more[\s\S]*-R has no meaning any more/);
  });

  test('-s where all is set up: says so, with --json as a document too', async () => {
    const server = await serverFolder();
    const {stdout, code} = await server.run('run', '-s', '--json').done;
    expect({code, said: JSON.parse(stdout)}).toEqual({
      code: 0,
      said: {changed: false, config: server.path('conf/caldavd-dev.plist')},
    });
  });

  test('-t takes Single or Combined', async () => {
    const server = await serverFolder();
    expect(await server.run('run', '-t', 'Slave').done).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('Use Combined'),
    });
    await server.run('run', '-d', '-t', 'Combined').done;
    expect((await server.status()).processType).toBe('Combined');
  });

  test('-k stops and -r starts anew', async () => {
    const server = await serverFolder();
    await server.run('run', '-d').done;
    const {pid} = await server.status();
    expect(await server.run('run', '-r').done).toMatchObject({code: 0, stderr: ''});
    const next = await server.status();
    expect([next.state, next.pid === pid]).toEqual(['ready', false]);
    expect((await server.run('run', '-k').done).code).toBe(0);
    expect((await server.status()).processes).toEqual([]);
  });

  test('status --wait waits for it, and gives up', async () => {
    const server = await serverFolder();
    const waiting = server.run('status', '--wait', '30').done;
    await server.run('run', '-d').done;
    expect((await waiting).code).toBe(0);
    await server.run('stop').done;
    expect((await server.run('status', '--wait', '0.2').done).code).toBe(1);
    expect((await caldav('status', '--wait', 'x').done).code).toBe(64);
  });
});

/** Whether nobody listens on a port any more. */
function isRefused(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.destroy());
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
    socket.on('close', () => resolve(false));
  });
}

/** The name in the certificate that is shown on a port. */
function certificateAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({port, host: '127.0.0.1', rejectUnauthorized: false}, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
