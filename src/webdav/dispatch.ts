import type {Directory, Principal} from '../accounts/principal.ts';
import type {Proxies} from '../accounts/proxies.ts';
import type {Log} from '../base/log.ts';
import type {HttpRequest, HttpResponse} from '../http/message.ts';
import {NoRoom} from '../store/no-room.ts';
import type {Store} from '../store/store.ts';
import type {AccessRules} from './access.ts';
import {allowed} from './allow.ts';
import {requireConditions} from './conditions.ts';
import {createContext, createRequest, inUnit, parseOnce} from './context.ts';
import {DavError} from './error.ts';
import {errorResponse} from './error-response.ts';
import {parsePath} from './href.ts';
import {requireIf} from './if-header.ts';
import {type Home, type Location, locate, locateInHome} from './locate.ts';
import {requireUnlocked} from './locks.ts';
import {requirePrivilege} from './privileges.ts';
import type {DavContext, Limits, Method, Protocol, Resource} from './tables.ts';

/** What the dispatcher needs of the server. */
export interface DavServer extends AccessRules {
  readonly protocol: Protocol;
  readonly store: Store;
  /** Asked anew for each request: a reload brings another. */
  readonly directory: Directory;
  /** Of one moment, and of this directory: asked anew for each request. */
  proxies(directory: Directory): Proxies;
  readonly limits: Limits;
  readonly log: Log;
  /** Host names of the server that a request's own headers may not show, as behind a proxy that changes Host. */
  readonly hostNames?: readonly string[];
}

/** Answers DAV requests, authenticated already. Throws nothing: refusals and faults become answers. */
export function createDispatch(
  server: DavServer,
): (http: HttpRequest, principal: Principal | undefined) => Promise<HttpResponse> {
  return (http, principal) => answer(server, http, principal).catch(error => failure(error, http, server.log));
}

function failure(error: unknown, {method, path}: HttpRequest, log: Log): HttpResponse {
  if (error instanceof DavError) {
    if (error.condition) log.info({method, path, condition: error.condition}, `refused: ${error.message}`);
    return errorResponse(error);
  }
  if (error instanceof NoRoom) {
    log.error({err: error, method, path}, 'there is no room left on the disk');
    return errorResponse(new DavError(507, {message: 'There is no room left on the disk of the server.'})); // RFC 4918 §11.5
  }
  log.error({err: error, method, path}, 'a request failed by a fault of the server');
  return errorResponse(new DavError(500, {message: 'The server made a mistake; its error log says more.'}));
}

async function answer(server: DavServer, http: HttpRequest, principal: Principal | undefined): Promise<HttpResponse> {
  // Before anything else: who has not logged in learns nothing of what is here.
  if (!principal) throw new DavError(401, {message: 'Log in to see what is here.'});
  const context = createContext(server, http, principal);
  const method = server.protocol.methods.get(http.method);
  if (!method) throw new DavError(501, {message: `The method ${http.method} is not known here.`});
  const location = await locate(parsePath(http.path === '*' ? '/' : http.path), context);
  authorise(method, location, context);
  if (method.writes && location.home) return write(method, http, location as Location & {home: Home}, context);
  if (!method.writes) await requireIf(http.headers.if, location, context);
  return method.handle(createRequest({context, http, location}));
}

/** One unit of work. It may run more than once, so everything that was looked at is looked at again in it. */
async function write(method: Method, http: HttpRequest, {home, path}: Location & {home: Home}, context: DavContext) {
  const body = parseOnce(http);
  let after: (() => Promise<void>)[] = [];
  const response = await context.store.write(home.view.home, async unit => {
    after = [];
    const inside = inUnit(context, unit);
    const location = locateInHome(home, path ? path.split('/') : [], inside);
    authorise(method, location, inside);
    await requireConditions(http, location, inside);
    requireUnlocked(location, method.changes ?? 'itself', http, inside);
    return method.handle(createRequest({context: inside, http, location, body, after}));
  });
  for (const work of after) await work().catch(error => context.log.error({err: error}, 'work after a change was kept failed'));
  return response;
}

/** The privilege the method needs, then whether it can be meant (RFC 3744 Appendix B, RFC 9110 §15.5). Throws DavError. */
function authorise(method: Method, {target, parent, nearest}: Location, context: DavContext): void {
  if (target) {
    requirePrivilege(method.mapped, target, context);
    if (method.supports && !method.supports(target)) throw notAllowed(method, target, context.protocol);
  } else if (method.unmapped) {
    requirePrivilege(method.unmapped, nearest, context);
    if (!parent && method.writes) throw new DavError(409, {message: 'The collection it would lie in is not there.'});
  } else {
    requirePrivilege('{DAV:}read', nearest, context);
    throw new DavError(404, {message: 'There is nothing here.'});
  }
}

function notAllowed(method: Method, target: Resource, protocol: Protocol): DavError {
  const allow = allowed(target, protocol);
  return new DavError(405, {message: `${method.name} is not for a ${target.kind.name}.`, headers: {allow}});
}
