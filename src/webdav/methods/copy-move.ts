import type {HttpResponse} from '../../http/message.ts';
import {dav} from '../../xml/names.ts';
import {requireConditions} from '../conditions.ts';
import {inUnit, locateHref} from '../context.ts';
import {parseDepth} from '../depth.ts';
import {DavError} from '../error.ts';
import {printSegment} from '../href.ts';
import type {Location} from '../locate.ts';
import {requireUnlocked} from '../locks/locks.ts';
import {requireNotWithheld, requirePrivilege} from '../privileges.ts';
import {scheduleRemoval} from '../schedule.ts';
import type {DavContext, DavRequest, Method, Resource} from '../tables.ts';
import {transfer} from '../transfer.ts';

/** RFC 4918 §9.8. */
export const copy: Method = {
  name: 'COPY',
  mapped: dav('read'),
  writes: false,
  supports: ({stored, kind}) => stored !== undefined && stored.path !== '' && !kind.isFixed,
  refusal: 403,
  handle: request => copyOrMove(request, false),
};

/** RFC 4918 §9.9. */
export const move: Method = {
  name: 'MOVE',
  mapped: dav('unbind'),
  mappedAbove: true,
  writes: false,
  supports: ({stored, kind}) => stored !== undefined && stored.path !== '' && !kind.isFixed,
  refusal: 403,
  handle: request => copyOrMove(request, true),
};

/**
 * The unit of work is on the destination's home, so these open it themselves. Between two homes a MOVE first makes the copy durable and
 * then removes the source: a crash in between leaves it twice, never not at all.
 */
async function copyOrMove(request: DavRequest, moving: boolean): Promise<HttpResponse> {
  const {http} = request;
  const destination = http.headers.destination;
  if (typeof destination !== 'string') throw new DavError(400, {message: 'Destination is missing.'});
  const overwrite = parseOverwrite(http.headers.overwrite);
  const depth = parseDepth(http, 'infinity', moving ? ['infinity'] : ['0', 'infinity']);
  const there = await locateHref(destination, request);
  if (!there) throw new DavError(502, {message: 'The destination is on another server.'});
  requirePlace(there, moving, request);
  if (!there.home) throw new DavError(403, {message: 'Nothing can be stored there.'});

  const {made, source} = await inUnit(there.home.view.home, request, async context => {
    const source = await requireSource(request, context, moving);
    const to = (await locateHref(destination, context))!;
    requirePlace(to, moving, context);
    if (to.target && !overwrite) throw new DavError(412, {message: 'Something is there already, and Overwrite is F.'});
    requireUnlocked(to, 'tree', http, context);
    await transfer({source, to, moving, shallow: depth === '0', headers: http.headers}, context.unit!, context);
    return {made: to.target ? undefined : originOf(destination) + hrefOf(to, source), source};
  });
  if (moving && source.view!.home !== there.home.view.home) await removeSource(request, source);
  return made === undefined ? {status: 204} : {status: 201, headers: {location: made}};
}

/**
 * What COPY and MOVE need where they lead (RFC 3744 Appendix B). A file that COPY writes over stays what it is to all others; anything
 * else that is there is removed.
 */
function requirePlace({target, parent, nearest}: Location, moving: boolean, context: DavContext): void {
  if (target?.kind.isFixed) throw new DavError(403, {message: `Nothing takes the place of a ${target.kind.name}.`});
  if (target && !moving)
    for (const name of ['write-content', 'write-properties'] as const) requirePrivilege(dav(name), target, context);
  if (target && !moving && target.stored?.collection === false) return;
  requirePrivilege(dav('bind'), parent ?? nearest, context);
  if (target && parent) requirePrivilege(dav('unbind'), parent, context);
  if (target) requireNotWithheld(target, context);
}

/** Scheme, host and port as the client knows them, which a proxy may have changed; nothing where it sent a path. */
function originOf(destination: string): string {
  const [, scheme, authority] = /^\s*([a-z][a-z0-9+.-]*:\/\/)(?:[^/?#@]*@)?([^/?#]*)/i.exec(destination) ?? [];
  return scheme === undefined ? '' : scheme + authority;
}

function hrefOf({parent, path}: Location, {stored}: Resource): string {
  return `${parent!.href}${printSegment(path!.slice(path!.lastIndexOf('/') + 1))}${stored!.collection ? '/' : ''}`;
}

async function requireSource(request: DavRequest, context: DavContext, moving: boolean): Promise<Resource> {
  const location = await locateHref(request.http.path, context);
  const source = location?.target;
  if (!source?.stored) throw new DavError(404, {message: 'There is nothing here.'});
  // Appendix B has no more for MOVE; but where it leads, the one who asks may come to read it.
  if (moving) requirePrivilege(dav('unbind'), location!.parent!, context);
  requirePrivilege(dav('read'), source, context);
  await requireConditions(request.http, location!, context);
  if (moving) requireUnlocked(location!, 'tree', request.http, context);
  return source;
}

async function removeSource(request: DavRequest, {view, stored}: Resource): Promise<void> {
  await inUnit(view!.home, request, async context => {
    const location = await locateHref(request.http.path, context);
    const now = location?.target?.stored;
    if (now && now.revision !== stored!.revision) {
      throw new DavError(409, {message: 'It was changed while it was moved; the copy is at the destination.'});
    }
    if (!now) return;
    requireUnlocked(location!, 'tree', request.http, context);
    await scheduleRemoval(location!.target!, request.http.headers, context);
    context.unit!.delete(now.path);
  });
}

/** RFC 4918 §10.6. */
function parseOverwrite(sent: string | string[] | undefined): boolean {
  const value = String(sent ?? 'T')
    .trim()
    .toUpperCase();
  if (value !== 'T' && value !== 'F') throw new DavError(400, {message: 'Overwrite must be T or F.'});
  return value === 'T';
}
