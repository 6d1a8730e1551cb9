import {join} from 'node:path';
import type {Directory, Principal} from '../accounts/principal.ts';
import type {Proxies} from '../accounts/proxies.ts';
import type {Log} from '../base/log.ts';
import {readSecret} from '../base/secret-file.ts';
import type {SharedMemory} from '../base/shared-memory.ts';
import type {Config} from '../config/config.ts';
import {createAuthenticator} from '../http/authenticate.ts';
import type {Application} from '../http/exchange.ts';
import type {HttpRequest, HttpResponse} from '../http/message.ts';
import {HttpRefusal} from '../http/refusal.ts';
import type {PostOffice} from '../scheduling/mail/post-office.ts';
import type {Store} from '../store/store.ts';
import {timezones} from '../timezones/timezones.ts';
import {replyPage} from '../web/reply.ts';
import {createWeb} from '../web/web.ts';
import {createContext, type DavServer} from '../webdav/context.ts';
import {createDispatch} from '../webdav/dispatch.ts';
import type {Duties} from '../webdav/duties.ts';
import {hostName} from '../webdav/href.ts';
import type {DavContext} from '../webdav/tables.ts';
import {protocolOf} from './protocol.ts';
import {type OwnAddress, route} from './routes.ts';

/** What an app needs of the server it runs in; the getters answer anew after a reload. */
export interface AppOptions {
  readonly config: Config;
  directory(): Directory;
  proxies(directory: Directory): Proxies;
  readonly store: Store;
  /** Where it is remembered what is to be delivered; undefined: nothing is. */
  readonly duties?: Duties | undefined;
  /** What the workers tell each other; undefined: nothing. */
  readonly shared?: SharedMemory | undefined;
  readonly log: Log;
  /** For the page to answer invitations on; undefined: there is no mail. */
  readonly postOffice?: PostOffice | undefined;
  /** Memory for whole answers that are asked for again; 0: none. */
  readonly rememberedBytes?: number;
  /** The certificates of SSLAuthorityChain, PEM; empty: none. */
  readonly authorityChain?: string;
}

/** Answers one request: never throws. Large bodies it takes only from those who have logged in. */
export type App = Application &
  Required<Pick<Application, 'admit'>> & {
    /** What may be asked in somebody's name where no request is served. */
    as(principal: Principal): DavContext;
  };

/** The whole server above the sockets: pages, discovery, authentication, then WebDAV and its extensions. */
export function createApp(options: AppOptions): App {
  const {config, directory, proxies, store, duties, shared, log, rememberedBytes, authorityChain = ''} = options;
  const {digest} = config.authentication;
  const nonceKey = digest.enabled ? readSecret(join(config.dataRoot, 'digest-key')) : undefined;
  const authenticator = createAuthenticator({directory, ...config.authentication, nonceKey, shared, log});
  const web = createWeb({config, authorityChain});
  const server: DavServer = {
    protocol: protocolOf(config),
    ...(rememberedBytes === undefined ? {} : {rememberedBytes}),
    store,
    duties,
    log,
    get directory() {
      return directory();
    },
    proxies,
    limits: {
      ...config.limits,
      quotaBytes: config.limits.userQuotaBytes,
      maxInstances: config.limits.maxAllowedInstances,
      enableMonolithicCalendars: config.enableMonolithicCalendars,
      uniqueUidsInHome: config.uniqueUidsInHome,
      privateEvents: config.enablePrivateEvents,
      organizers: config.scheduling.organizers,
      maxFreeBusyAttendees: config.scheduling.limitFreeBusyAttendees,
      ...(config.bulk.enabled ? {bulk: config.bulk} : {}),
      ...(config.freeBusyUrl.enabled ? {freeBusyUrl: config.freeBusyUrl} : {}),
      enablePrincipalListings: config.enablePrincipalListings,
      challengeDiscovery: config.authentication.challengeDiscovery,
      sendTimezonesTo: config.sendTimezonesToClients,
      defaultTimezone: config.defaultTimezone || Intl.DateTimeFormat().resolvedOptions().timeZone,
    },
    hostNames: [config.serverHostName],
    adminPrincipals: config.adminPrincipals,
    readPrincipals: config.readPrincipals,
    enableAnonymousReadRoot: config.enableAnonymousReadRoot,
    enableAnonymousReadNav: config.enableAnonymousReadNav,
  };
  const dispatch = createDispatch(server);

  const own: OwnAddress = {
    name: config.serverHostName,
    httpPorts: config.bindHttpPorts.length > 0 ? config.bindHttpPorts : [config.httpPort],
    httpsPort: config.bindSslPorts[0] ?? (config.sslPort || undefined),
  };

  const answer = async (sent: HttpRequest): Promise<HttpResponse> => {
    if (isForged(sent, own.name)) throw new HttpRefusal(403, 'A page of another site may not have a browser do this here.');
    const page = web(sent) ?? replyPage(sent, options.postOffice) ?? (config.enableTimezoneService ? timezones(sent) : undefined);
    if (page) return page;
    const routed = route(sent, own);
    if (routed && 'status' in routed) return routed;
    // Digest signs the target as the client sent it.
    const principal = await authenticator.authenticate(sent);
    return (principal && web(sent, principal)) ?? dispatch(routed ?? sent, principal);
  };

  const admit = async (request: HttpRequest) => {
    if (!(await authenticator.authenticate(request))) throw new HttpRefusal(401, 'Log in to send as much.');
    return undefined;
  };

  const refusing =
    <Answer extends HttpResponse | undefined>(work: (request: HttpRequest) => Promise<Answer>) =>
    async (request: HttpRequest): Promise<HttpResponse | Answer> => {
      const response = await work(request).catch(refusal);
      if (response?.status !== 401 || response.headers?.['www-authenticate']) return response;
      return {...response, headers: {...response.headers, 'www-authenticate': authenticator.challenges(request)}};
    };
  return Object.assign(refusing(answer), {
    admit: refusing(admit),
    as: (principal: Principal) => createContext(server, {headers: {}}, principal),
  });
}

/**
 * Whether another site's page makes a browser send this, with the password that the browser keeps: by Fetch Metadata (§2.4), and by
 * Origin (RFC 6454 §7) where it came in the clear, for there browsers send nothing else. Of what changes anything that can only be a
 * POST: for all other methods a browser asks first, and is not answered.
 */
function isForged({method, headers}: HttpRequest, ownName: string): boolean {
  if (method !== 'POST') return false;
  const {origin, 'sec-fetch-site': site, host, ':authority': authority, 'x-forwarded-host': forwarded} = headers;
  if (site !== undefined) return /^(?:cross|same)-site$/.test(String(site));
  if (origin === undefined) return false;
  const names = [ownName, host, authority, ...String(forwarded ?? '').split(',')].filter(name => name !== undefined);
  const from = hostName(origin.replace(/^[^:]*:\/\//, ''));
  return from === '' || !names.some(name => hostName(String(name).trim()) === from);
}

function refusal(error: unknown): HttpResponse {
  if (!(error instanceof HttpRefusal)) throw error;
  const headers = {'content-type': 'text/plain; charset=utf-8', ...error.headers};
  return {status: error.status, headers, body: `${error.message}\n`};
}
