import type {Directory, Principal} from '../accounts/principal.ts';
import type {Proxies} from '../accounts/proxies.ts';
import type {HttpRequest} from '../http/message.ts';
import type {HomeId, HomeUnit} from '../store/store.ts';
import type {Element} from '../xml/element.ts';
import {type AccessRules, createAccess} from './access/access.ts';
import {DavError} from './error.ts';
import {hostName, parsePath, pathOfHref} from './href.ts';
import {type Location, locate} from './locate.ts';
import type {DavContext, DavRequest, Resource} from './tables.ts';
import {parseOnce} from './xml-body.ts';

/** What is needed of the server. The directory is asked for anew with each request: a reload brings another. */
export interface DavServer
  extends AccessRules,
    Pick<DavContext, 'protocol' | 'store' | 'directory' | 'limits' | 'log' | 'duties'> {
  /** Those of one moment, and of this directory: asked for anew with each request. */
  proxies(directory: Directory): Proxies;
  /** Memory for whole answers that are asked for again; 0: none. */
  readonly rememberedBytes?: number;
  /** Host names of the server that a request's own headers may not show, as behind a proxy that changes Host. */
  readonly hostNames?: readonly string[];
}

/** What the tables' rows may ask while this request is served. */
export function createContext(
  server: DavServer,
  http: Pick<HttpRequest, 'headers'>,
  principal: Principal | undefined,
): DavContext {
  // Asked once: a reload in the middle of a request must not mix two directories.
  const {directory, protocol, store, limits, log, duties} = server;
  const proxies = onceAsked(() => server.proxies(directory));
  const hosts = hostsOf(http, server.hostNames ?? []);
  const contextOf = (asker: Principal | undefined): DavContext => {
    const context: DavContext = {
      principal: asker,
      directory,
      proxies,
      protocol,
      store,
      limits,
      log,
      duties,
      after: noUnit,
      undone: noUnit,
      hosts,
      locate: href => findByHref(href, context),
      as: contextOf,
      ...createAccess(asker, {directory, proxies, protocol, limits, rules: server}),
    };
    return context;
  };
  return contextOf(principal);
}

/** Who acts for whom, as it is when that is first asked: of most requests nobody asks it, and it lies in a file. */
function onceAsked(look: () => Proxies): Proxies {
  let found: Proxies | undefined;
  const proxies = () => (found ??= look());
  return {
    of: (guid, access) => proxies().of(guid, access),
    for: (guid, access) => proxies().for(guid, access),
    set: (guid, access, members) => proxies().set(guid, access, members),
  };
}

function noUnit(): never {
  throw new Error('no unit of work is open');
}

/**
 * One unit of work on a home; `work` may run more than once, so everything that was looked at is looked at again in it. What it asks to
 * be done after is done once the unit is kept, and its failures are logged.
 */
export async function inUnit<T>(home: HomeId, outside: DavContext, work: (inside: DavContext) => T | Promise<T>): Promise<T> {
  let after: (() => Promise<void>)[] = [];
  let undone: (() => void)[] = [];
  const undo = () => {
    for (const each of undone) each();
    undone = [];
  };
  const kept = outside.store.write(home, unit => {
    undo();
    after = [];
    const inside: DavContext = {
      ...outside,
      unit,
      locate: href => findByHref(href, inside),
      after: each => void after.push(each),
      undone: each => void undone.push(each),
    };
    return work(inside);
  });
  const result = await kept.catch(error => {
    // Of a disk that fails it is not known what it holds.
    if (error instanceof DavError) undo();
    throw error;
  });
  for (const each of after) await each().catch(error => outside.log.error({err: error}, 'work after a change was kept failed'));
  return result;
}

/** The names in Host and in what a proxy says of the host that was asked for (RFC 7239). */
function hostsOf({headers}: Pick<HttpRequest, 'headers'>, known: readonly string[]): ReadonlySet<string> {
  const forwarded = /(?:^|[;,\s])host="?([^";,\s]+)/i.exec(String(headers.forwarded ?? ''))?.[1];
  const named = [...known, headers.host, headers[':authority'], headers['x-forwarded-host'], forwarded];
  return new Set(named.flatMap(name => (typeof name === 'string' ? name.split(',') : [])).map(name => hostName(name.trim())));
}

async function findByHref(href: string, context: DavContext): Promise<Resource | undefined> {
  return (await findLocation(href, context))?.target;
}

/** Where an href leads; undefined: to another server, or nowhere. */
export async function findLocation(href: string, context: DavContext): Promise<Location | undefined> {
  try {
    return await locateHref(href, context);
  } catch (error) {
    // A path that no resource can have names nothing.
    if (error instanceof DavError && error.status === 400) return undefined;
    throw error;
  }
}

/** Where an href or a Destination leads; undefined: to another server. Throws DavError 400 as `parsePath` does. */
export async function locateHref(href: string, context: DavContext): Promise<Location | undefined> {
  const path = pathOfHref(href.trim(), context.hosts);
  return path === undefined ? undefined : locate(parsePath(path), context);
}

/** What one request is made of; `body` is parsed once for all runs of a unit of work. */
interface Parts {
  readonly context: DavContext;
  readonly http: HttpRequest;
  readonly location: Location;
  readonly body?: () => Element | undefined;
}

/** A request as methods and reports see it. */
export function createRequest({context, http, location, body = parseOnce(http)}: Parts): DavRequest {
  const request = {
    ...context,
    http,
    target: location.target,
    parent: location.parent,
    path: location.path,
    xml: body,
    txn: context.unit as HomeUnit,
  };
  if (context.unit) return request;
  // Not enumerable, so that a request can be spread.
  return Object.defineProperty(request, 'txn', {
    enumerable: false,
    get() {
      throw new Error(`${http.method} has no unit of work here`);
    },
  });
}
