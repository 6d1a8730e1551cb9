import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {execa, execaSync} from 'execa';
import {describe, expect, test} from 'vitest';
import {findScripts} from '../../src/tester/find-scripts.ts';
import {countsOf} from '../../src/tester/result.ts';
import {runScript} from '../../src/tester/run.ts';
import {parseServerInfo} from '../../src/tester/server-info.ts';
import {freePort} from '../support/loopback.ts';
import {testWith} from '../support/programs.ts';
import {temporaryFolder} from '../support/temporary.ts';
import {inScope, knownCounts, rowsBelow, scripts, testWithScripts} from './scripts.ts';

/** A server that the original engine has judged, on which ours must count the same. */
interface Peer {
  readonly name: 'Radicale' | 'Xandikos';
  /** The one that was judged: another may do other things. */
  readonly version: string;
  readonly features: readonly string[];
  /** The path of a user's principal and home. */
  principal(user: string): string;
  home(user: string): string;
  /** Writes what it needs into an empty folder; answers the command line. */
  prepare(folder: string, port: number): Promise<readonly [program: string, ...rest: string[]]>;
}

const users = ['user01', 'user02', 'user03'];

const peers: readonly Peer[] = [
  {
    name: 'Radicale',
    version: '3.1.8',
    features: [
      'MOVE Method',
      'Extended MKCOL',
      'caldav',
      'ctag',
      'current-user-principal',
      'sync-report',
      'well-known',
      'own-root',
      'supported-component-sets',
    ],
    principal: user => `/${user}/`,
    home: user => `/${user}`,
    async prepare(folder, port) {
      await writeFile(join(folder, 'users'), users.map(user => `${user}:${user}\n`).join(''));
      await writeFile(
        join(folder, 'config'),
        `[server]
hosts = 127.0.0.1:${port}
[auth]
type = htpasswd
htpasswd_filename = ${folder}/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = ${folder}/data
`,
      );
      return ['radicale', '--config', join(folder, 'config')];
    },
  },
  {
    name: 'Xandikos',
    version: '0.2.8',
    features: [
      'Extended MKCOL',
      'caldav',
      'ctag',
      'current-user-principal',
      'sync-report',
      'well-known',
      'own-root',
      'supported-component-sets',
    ],
    // It knows one user, and asks nobody for a password.
    principal: user => (user === 'user01' ? '/user/' : `/${user}/`),
    home: () => '/user/calendars',
    async prepare(folder, port) {
      await mkdir(join(folder, 'data'));
      return [
        'xandikos',
        '-d',
        join(folder, 'data'),
        '-l',
        '127.0.0.1',
        '-p',
        String(port),
        '--current-user-principal',
        '/user/',
        '--defaults',
      ];
    },
  },
];

/** Starts a peer with the calendars that the scripts take for granted. */
async function start(peer: Peer) {
  const folder = await temporaryFolder();
  const port = await freePort();
  const [program, ...rest] = await peer.prepare(folder, port);
  const running = execa(program, rest, {reject: false, all: true});
  const stop = async () => {
    running.kill('SIGKILL');
    await running;
  };
  const ask = (method: string, path: string, user: string, body?: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {authorization: `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`, 'content-type': 'text/xml'},
      ...(body && {body}),
    });
  const until = Date.now() + 20_000;
  for (;;) {
    const answered = await ask('OPTIONS', '/', 'user01').catch(() => undefined);
    if (answered) break;
    if (Date.now() > until) throw new Error(`${peer.name} does not start`);
    await sleep(50);
  }
  for (const home of new Set(users.map(peer.home))) {
    for (const [name, component] of [
      ['calendar', 'VEVENT'],
      ['tasks', 'VTODO'],
    ] as const) {
      const user = users.find(each => peer.home(each) === home)!;
      await ask(
        'MKCALENDAR',
        `${home}/${name}/`,
        user,
        `<C:mkcalendar xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"><D:set><D:prop>
<C:supported-calendar-component-set><C:comp name="${component}"/></C:supported-calendar-component-set></D:prop></D:set></C:mkcalendar>`,
      );
    }
  }
  return {port, [Symbol.asyncDispose]: stop};
}

/** The serverinfo of the sample, with a peer's features and paths. */
async function infoOf(peer: Peer, port: number) {
  const file = join(scripts, '../server/serverinfo.xml');
  const info = parseServerInfo(await readFile(file, 'utf8'), file);
  const substitutions = new Map(info.substitutions)
    .set('$principalcollection:', '/')
    .set('$calendars:', '/')
    .set('$tasks:', 'calendar');
  for (let number = 1; number <= 40; number++) {
    const user = `user${String(number).padStart(2, '0')}`;
    for (const key of ['$principal', '$principaluri']) substitutions.set(`${key}${number}:`, peer.principal(user));
    for (const key of ['$calendarhome', '$calendarhomealt']) substitutions.set(`${key}${number}:`, peer.home(user));
  }
  return {...info, host: '127.0.0.1', port, waitCount: 8, waitSuccessMs: 2000, features: new Set(peer.features), substitutions};
}

/** Whether another version is installed than the one that was judged. */
function isOther({name, version}: Peer): boolean {
  const {stdout = version} = execaSync(name.toLowerCase(), ['--version'], {reject: false});
  return !stdout.includes(version);
}

const explained = rowsBelow('## The engine judged by known servers', join(import.meta.dirname, '../../docs/conformance.md'));

describe.each(peers)('$name $version is counted as the original engine counts it', peer => {
  const known = knownCounts(peer.name);
  const testWithPeer = known.size === 0 ? testWithScripts : isOther(peer) ? test.skip : testWith(peer.name.toLowerCase());
  for (const script of inScope.filter(name => known.size === 0 || known.has(name))) {
    testWithPeer(script, {timeout: 120_000}, async () => {
      const [found] = findScripts(scripts, [`CalDAV/${script}`]);
      await using running = await start(peer);
      const {tests} = await runScript(found!.script!, {info: await infoOf(peer, running.port), name: script});
      const {passed, failed, ignored} = countsOf(tests);
      const reason = explained.find(([server, name]) => server === peer.name && name === script);
      expect([passed, failed, ignored].join('/')).toBe(reason ? reason[2] : known.get(script));
    });
  }
});
