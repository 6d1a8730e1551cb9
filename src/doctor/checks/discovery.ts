import {readFile} from 'node:fs/promises';
import {isIPv6} from 'node:net';
import type {Config} from '../../config/config.ts';
import type {Endpoint} from '../../http/bind.ts';
import {endpoints} from '../../server/ports.ts';
import {dav} from '../../xml/names.ts';
import {type Check, type CheckResult, type DoctorContext, fail, ok, skipped} from '../check.ts';
import {basic, discover, propfind, startingPaths, walk} from '../discovery.ts';
import {explainConnection, type Route} from '../http-client.ts';
import {findRunning, reachableAt} from '../running.ts';

/** The paths that clients walk, over the running server's own addresses. */
export const discovery: Check = {
  name: 'discovery',
  what: 'Discovery',
  applies: ({config}) => config !== undefined,
  async run({config, credentials}) {
    const running = await findRunning(config!);
    if (!running) return [skipped('the server does not run: `caldav run` starts it')];
    const authorities = await trusted(config!);
    const results: CheckResult[] = [];
    for (const endpoint of running.bound ?? endpoints(config!)) {
      results.push(...(await checkEndpoint(config!, endpoint, authorities, credentials)));
    }
    return results;
  },
};

/** What clients of this server are told to trust: the chain of its certificate, or the certificate itself. */
export async function trusted({tls}: Config): Promise<string | undefined> {
  const texts = await Promise.all(
    [tls.authorityChain, tls.certificate].filter(Boolean).map(file => readFile(file, 'utf8').catch(() => '')),
  );
  return texts.join('\n') || undefined;
}

async function checkEndpoint(
  config: Config,
  endpoint: Pick<Endpoint, 'host' | 'port' | 'tls'>,
  authorities: string | undefined,
  credentials: DoctorContext['credentials'],
): Promise<CheckResult[]> {
  const name = isIPv6(config.serverHostName) ? `[${config.serverHostName}]` : config.serverHostName;
  const base = new URL(`${endpoint.tls ? 'https' : 'http'}://${name}:${endpoint.port}/`);
  const route = {address: reachableAt(endpoint), authorities};
  try {
    const led = endpoint.tls ? undefined : await checkRedirect(base, route, config.redirectHttpToHttps);
    if (led) return [led];
    const results = await checkChallenges(base, route);
    return credentials ? [...results, await checkWay(base, route, credentials)] : results;
  } catch (error) {
    const {problem, fix} = explainConnection(error, base);
    return [fail(`${problem} (asked at ${route.address})`, fix)];
  }
}

/** Of a port in the clear: whether clients are led on to HTTPS, where the rest is checked; undefined: they are not, nor need they be. */
export async function checkRedirect(base: URL, route: Route | undefined, isAll: boolean): Promise<CheckResult | undefined> {
  const from = new URL(isAll ? '/' : startingPaths[0], base);
  const {redirects} = await walk(from, propfind(dav('current-user-principal'), '0'), route);
  const secure = redirects.find(({protocol}) => protocol === 'https:');
  if (secure) return ok(`${base.origin} leads to ${secure.origin}`);
  return isAll ? fail(`${base.origin} does not lead to https, though RedirectHTTPToHTTPS is on`, '`caldav reload`') : undefined;
}

/** Without a password, each path where clients begin must ask for one. */
export async function checkChallenges(base: URL, route?: Route): Promise<CheckResult[]> {
  const wrong: CheckResult[] = [];
  for (const path of startingPaths) {
    const {answer, redirects} = await walk(new URL(path, base), propfind(dav('current-user-principal'), '0'), route);
    if (answer.status === 401 && answer.headers['www-authenticate']) continue;
    const led = redirects.length > 0 ? `, after being led to ${redirects.map(({href}) => href).join(', ')}` : '';
    const what = answer.status === 401 ? '401 without a challenge' : `${answer.status}`;
    wrong.push(
      fail(
        `${base.origin}${path} answers ${what}${led}: clients expect 401 there`,
        'see the error log; is another server on this port?',
        {
          path,
          status: answer.status,
        },
      ),
    );
  }
  if (wrong.length > 0) return wrong;
  return [ok(`${base.origin}: ${startingPaths.join(', ')} ask for a password, as clients expect`)];
}

/** With a password, the way from the host name to the calendars. `refusedFix`: what else to do where the password is refused. */
export async function checkWay(
  base: URL,
  route: Route,
  credentials: NonNullable<DoctorContext['credentials']>,
  refusedFix = '',
): Promise<CheckResult> {
  const found = await discover(base, basic(credentials), route);
  if ('home' in found) {
    const message = `${base.origin}: ${credentials.user} is led to ${found.home} with ${found.calendars.length} calendars`;
    if (found.calendars.length > 0) return ok(message, {...found});
    return fail(message, 'make one: `caldav import --create`, or in a client', {...found});
  }
  const {status} = found.answer;
  if (status === 401)
    return fail(
      `${base.origin}: the password of ${credentials.user} is refused`,
      `\`caldav user passwd ${credentials.user}\`${refusedFix}`,
    );
  return fail(
    `${base.origin}: ${credentials.user} is stopped at ${found.stoppedAt}, which answers ${status}`,
    'see the error log',
    {status},
  );
}
