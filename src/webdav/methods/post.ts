import {randomUUID} from 'node:crypto';
import {dav} from '../../xml/names.ts';
import {allowed} from '../allow.ts';
import {changeInBulk} from '../bulk/bulk.ts';
import {endingOf} from '../content-type.ts';
import {DavError} from '../error.ts';
import {addMemberName} from '../properties/rfc5995.ts';
import {storeFile} from '../store-file.ts';
import type {DavRequest, Method} from '../tables.ts';

/**
 * RFC 5995 §3.2: POST to a collection's DAV:add-member URL stores the body under a name that the server picks; to a collection itself it
 * is what its kind makes of it, else bulk changes, where its kind takes them.
 */
export const post: Method = {
  name: 'POST',
  mapped: dav('bind'),
  mappedBy: (_body, _protocol, {kind}) => kind.post?.needs ?? dav('bind'),
  unmapped: dav('bind'),
  writes: true,
  supports: ({stored}) => stored?.collection === true,
  handle(request) {
    const {http, target, parent, path} = request;
    if (target?.kind.post) return target.kind.post.handle(request);
    const isMember = !target && path !== undefined && path.slice(path.lastIndexOf('/') + 1) === addMemberName;
    const into = isMember ? parent : http.query === 'add-member' ? target : undefined;
    const bulk = target?.stored?.collection && http.query === '' && request.limits.bulk ? target.kind.bulk : undefined;
    if (bulk) return changeInBulk(request, target!, bulk);
    if (!into?.view) throw target ? notTaken(request) : new DavError(404, {message: 'Nothing here takes a POST.'});
    const name = `${randomUUID()}${into.kind.bulk?.ending ?? endingOf(http.headers['content-type'])}`;
    const folder = into.stored!.path;
    return storeFile(request, {parent: into, path: folder ? `${folder}/${name}` : name, target: undefined});
  },
};

/** RFC 9110 §15.5.6: what is here takes other methods; a POST to it takes its URL with `?add-member`, which is another's. */
function notTaken({target, protocol}: DavRequest): DavError {
  const others = new Map([...protocol.methods].filter(([name]) => name !== post.name));
  const allow = allowed({target}, {...protocol, methods: others});
  return new DavError(405, {message: 'Nothing here takes a POST.', headers: {allow}});
}
