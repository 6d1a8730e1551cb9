import type {IncomingHttpHeaders} from 'node:http';
import {dav} from '../../xml/names.ts';
import {type Check, type CheckResult, fail, ok, warn} from '../check.ts';
import {propfind, walk} from '../discovery.ts';
import {ask, explainConnection, type HttpAnswer, type Route} from '../http-client.ts';
import {checkWay, trusted} from './discovery.ts';

/**
 * The address that clients use, from outside: what a proxy, a firewall or a hosting service on the way changes or blocks. Without a
 * password the server answers every method with 401 and its challenge; whatever answers otherwise is not the server.
 */
export const proxy: Check = {
  name: 'proxy',
  what: 'From outside',
  applies: ({url}) => url !== undefined,
  async run({url, config, credentials}) {
    let base: URL;
    try {
      base = new URL(url!.includes('://') ? url! : `https://${url}`);
    } catch {
      return [fail(`${url} is no URL`, 'write it as https://cal.example.com/')];
    }
    const route = {authorities: config && (await trusted(config))};
    try {
      const results = [...(await checkMethods(base, route)), ...(await checkWellKnown(base, route))];
      if (credentials && !results.some(({status}) => status === 'fail')) {
        results.push(await checkWay(base, route, credentials, authorizationLost));
      }
      return results;
    } catch (error) {
      const {problem, fix} = explainConnection(error, base);
      return [fail(problem, fix)];
    }
  },
};

const authorizationLost =
  '; if it is right there without --url, the proxy does not pass the Authorization header on (nginx: no `auth_basic` of its own and no ' +
  '`proxy_set_header Authorization`; Apache: `CGIPassAuth On`)';

/** Every method of the protocol; a resource that is not there, so that even a server without a lock loses nothing. */
const methods = [
  'OPTIONS',
  'GET',
  'HEAD',
  'PROPFIND',
  'PROPPATCH',
  'REPORT',
  'MKCALENDAR',
  'MKCOL',
  'PUT',
  'DELETE',
  'COPY',
  'MOVE',
  'POST',
  'ACL',
] as const;
const probe = 'calendars/caldav-doctor-probe';

async function checkMethods(base: URL, route: Route): Promise<CheckResult[]> {
  const url = new URL(probe, base.href.endsWith('/') ? base : `${base.href}/`);
  const blocked = new Map<string, string[]>();
  let challenge: string | undefined;
  for (const method of methods) {
    const answer = await ask(url, {method, headers: {destination: `${url.pathname}-copy`, depth: '0'}}, route);
    challenge ??= answer.headers['www-authenticate'];
    const reason = whyNotOurs(answer, challenge);
    if (reason) blocked.set(reason, [...(blocked.get(reason) ?? []), method]);
  }
  if (blocked.size === 0) return [ok(`${base.origin}: all of ${methods.join(', ')} reach the server`)];
  return [...blocked].map(([reason, names]) =>
    fail(
      `${base.origin}: ${names.length === methods.length ? 'no method reaches' : `${names.join(', ')} do not reach`} the server: ${reason}`,
      names.length === methods.length
        ? 'see that the proxy passes this address on to the server'
        : `allow ${names.join(', ')} in the proxy or firewall (nginx: no limit_except; Apache: no <Limit>; a web application firewall: CalDAV methods)`,
      {methods: names},
    ),
  );
}

function whyNotOurs({status, headers, body}: HttpAnswer, challenge: string | undefined): string | undefined {
  if (status === 401 && headers['www-authenticate'] === challenge && challenge !== undefined) return undefined;
  if (status === 401)
    return `${culprit(headers, body)} asks for a password of its own (${headers['www-authenticate'] ?? 'no challenge'})`;
  return `${culprit(headers, body)} answers ${status}${status >= 300 && status < 400 ? ` and leads to ${headers.location}` : ''}`;
}

/** Who answered, by what such programs say of themselves. */
export function culprit(headers: IncomingHttpHeaders, body: string): string {
  if (headers['cf-ray']) return 'Cloudflare';
  if (headers['x-sucuri-id']) return 'the Sucuri firewall';
  if (headers['x-amzn-requestid'] || headers['x-amz-cf-id']) return 'an Amazon load balancer or CloudFront';
  const title = /<title>\s*([^<]{1,80}?)\s*<\/title>/i.exec(body)?.[1];
  const said = [headers.server, headers.via && `via ${headers.via}`, title && `page “${title}”`].filter(Boolean).join(', ');
  if (/mod_?security|not acceptable/i.test(body)) return `mod_security${said ? ` (${said})` : ''}`;
  return said || 'something on the way that does not give its name';
}

/** RFC 6764 §5: it may lead elsewhere, but never from https to http nor to a port that only the machine itself knows. */
async function checkWellKnown(base: URL, route: Route): Promise<CheckResult[]> {
  const from = new URL('/.well-known/caldav', base);
  const {answer, redirects} = await walk(from, propfind(dav('current-user-principal'), '0'), route);
  const astray = redirects.find(({protocol, host}) => protocol !== base.protocol || host !== base.host);
  if (astray) {
    const what = astray.protocol === 'http:' && base.protocol === 'https:' ? 'clear http' : astray.host;
    return [
      fail(
        `${from.href} leads to ${astray.href}: ${what}, which clients cannot or must not follow`,
        'let the proxy send X-Forwarded-Proto and X-Forwarded-Host (or Forwarded), name it in TrustedProxies, and take redirects of its own away',
        {redirects: redirects.map(({href}) => href)},
      ),
    ];
  }
  if (answer.status === 401) return [ok(`${from.href} leads to the server`)];
  return [
    warn(
      `${from.href} answers ${answer.status} (${culprit(answer.headers, answer.body)}): clients that know only the host name will not find the calendars`,
      'pass /.well-known/caldav on to the server too',
      {status: answer.status},
    ),
  ];
}
