import type {Principal} from '../accounts/principal.ts';
import {troubleOf} from '../base/disk-errors.ts';
import type {Log} from '../base/log.ts';
import {shares} from '../base/memory.ts';
import {NoRoom} from '../base/no-room.ts';
import type {HttpRequest, HttpResponse} from '../http/message.ts';
import {dav} from '../xml/names.ts';
import {allowed} from './allow.ts';
import {requireConditions} from './conditions.ts';
import {createContext, createRequest, type DavServer, inUnit} from './context.ts';
import {withCurrent} from './current-representation.ts';
import {DavError} from './error.ts';
import {errorResponse} from './error-response.ts';
import {parsePath} from './href.ts';
import {requireIf} from './if-header.ts';
import {type Location, locateInHome, reach, type WithinHome} from './locate.ts';
import {requireUnlocked} from './locks/locks.ts';
import {sufficientDiskSpace} from './preconditions.ts';
import {notLoggedIn, requireNotWithheld, requirePrivilege} from './privileges.ts';
import {RememberedAnswers} from './remembered.ts';
import type {DavContext, Method, Protocol, Resource} from './tables.ts';
import {parseOnce} from './xml-body.ts';

/** Answers DAV requests, authenticated already. Throws nothing: refusals and faults become answers. */
export function createDispatch(
  server: DavServer,
): (http: HttpRequest, principal: Principal | undefined) => Promise<HttpResponse> {
  const remembered = new RememberedAnswers(server, server.rememberedBytes ?? shares.answersBytes);
  return async (http, principal) => {
    const method = server.protocol.methods.get(http.method);
    if (principal && isRememberable(method, http)) {
      return remembered.answer(http, principal, watched => dispatched(watched, method, http, principal));
    }
    return dispatched(server, method, http, principal);
  };
}

/** Not what a link with a query gives, for that may be told by the day it is asked for on. */
function isRememberable(method: Method | undefined, {query}: HttpRequest): boolean {
  return method?.safe === true && query === '';
}

async function dispatched(
  server: DavServer,
  method: Method | undefined,
  http: HttpRequest,
  principal: Principal | undefined,
): Promise<HttpResponse> {
  const ask = (asked: HttpRequest) => answer(server, asked, principal).catch(error => failure(error, asked, server.log));
  const response = cached(await ask(http), method);
  return response.status === 412 ? withCurrent(response, http, ask) : response;
}

function cached(response: HttpResponse, method: Method | undefined): HttpResponse {
  return method?.cacheControl ? {...response, headers: {...response.headers, 'cache-control': method.cacheControl}} : response;
}

/** Longer than for a server that has much to do: a person has to see to the disk. */
const troubleRetrySeconds = 60;

function failure(error: unknown, {method, path}: HttpRequest, log: Log): HttpResponse {
  if (error instanceof DavError) {
    if (error.condition) log.info({method, path, condition: error.condition}, `refused: ${error.message}`);
    return errorResponse(error);
  }
  if (error instanceof NoRoom) {
    log.error({err: error, method, path}, 'there is no room left on the disk');
    return errorResponse(new DavError(sufficientDiskSpace));
  }
  const trouble = troubleOf(error);
  if (trouble) {
    log.error({err: error, method, path}, 'the data is out of reach');
    const headers = {'retry-after': String(troubleRetrySeconds)};
    return errorResponse(new DavError(503, {message: `${trouble} Try again later.`, headers}));
  }
  log.error({err: error, method, path}, 'a request failed by a fault of the server');
  return errorResponse(new DavError(500, {message: 'The server made a mistake; its error log says more.'}));
}

async function answer(server: DavServer, http: HttpRequest, principal: Principal | undefined): Promise<HttpResponse> {
  const context = createContext(server, http, principal);
  const body = parseOnce(http);
  const parsing = http.method === 'PUT' ? undefined : body.ahead();
  if (parsing) await parsing;
  const {method, place} = await admit(http, body, context).catch(error => {
    // Who has not logged in learns nothing of what is here, nor that nothing is.
    throw !principal && error instanceof DavError ? notLoggedIn() : error;
  });
  if ('names' in place) return write(method, http, body, place, context);
  if (method.writes) await requireConditions(http, place, context);
  else await requireIf(http.headers.if, place, context);
  return method.handle(createRequest({context, http, location: place, body}));
}

/** What is asked for, where the one who asks may have it; of what is to be changed in a home, the home. Throws DavError. */
async function admit(
  http: HttpRequest,
  body: Body,
  context: DavContext,
): Promise<{method: Method; place: Location | WithinHome}> {
  const method = context.protocol.methods.get(http.method);
  if (!method) throw new DavError(501, {message: `The method ${http.method} is not known here.`});
  const reached = await reach(parsePath(http.path === '*' ? '/' : http.path), context);
  const within = method.writes && 'names' in reached ? reached : undefined;
  // The unit of work will look at all of it. Those who may not read the home learn here already that they may do nothing.
  if (within && context.principal && context.may(dav('read'), within.home)) return {method, place: within};
  const location = 'names' in reached ? locateInHome(reached.home, reached.names, context) : reached;
  if (!context.principal && !location.target) throw notLoggedIn();
  try {
    authorise(method, location, body, context);
  } catch (error) {
    if (error instanceof DavError && error.status === 403 && method.conceals?.(body, context.protocol)) throw nothingHere();
    throw error;
  }
  return {method, place: within ?? location};
}

type Body = ReturnType<typeof parseOnce>;

function write(
  method: Method,
  http: HttpRequest,
  body: Body,
  {home, names}: WithinHome,
  context: DavContext,
): Promise<HttpResponse> {
  return inUnit(home.view.home, context, async inside => {
    const location = locateInHome(home, names, inside);
    authorise(method, location, body, inside);
    await requireConditions(http, location, inside);
    requireUnlocked(location, method.changes ?? 'itself', http, inside);
    return method.handle(createRequest({context: inside, http, location, body}));
  });
}

/** The privilege the method needs, then whether it can be meant (RFC 3744 Appendix B, RFC 9110 §15.5). Throws DavError. */
function authorise(method: Method, {target, parent, nearest}: Location, body: Body, context: DavContext): void {
  if (target) {
    const isMeant = method.supports?.(target) ?? true;
    // That there is a home, its principal says; and what lies in none is no secret.
    if (!isMeant && (!target.view || target.stored?.path === '')) throw notAllowed(method, target, context.protocol);
    const privilege = method.mappedBy?.(body, context.protocol, target) ?? method.mapped;
    requirePrivilege(privilege, (method.mappedAbove && parent) || target, context);
    if (method.mappedAbove) requireNotWithheld(target, context);
    if (!isMeant) throw notAllowed(method, target, context.protocol);
  } else if (method.unmapped) {
    requirePrivilege(method.unmapped, nearest, context);
    if (!parent && method.writes) throw new DavError(409, {message: 'The collection it would lie in is not there.'});
  } else {
    requirePrivilege(dav('read'), nearest, context);
    throw nothingHere();
  }
}

function nothingHere(): DavError {
  return new DavError(404, {message: 'There is nothing here.'});
}

function notAllowed(method: Method, target: Resource, protocol: Protocol): DavError {
  const allow = allowed({target}, protocol);
  return new DavError(method.refusal ?? 405, {message: `${method.name} is not for a ${target.kind.name}.`, headers: {allow}});
}
