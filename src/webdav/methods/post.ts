import {randomUUID} from 'node:crypto';
import {dav} from '../../xml/names.ts';
import {changeInBulk} from '../bulk/bulk.ts';
import {endingOf} from '../content-type.ts';
import {DavError} from '../error.ts';
import {addMemberName} from '../properties/rfc5995.ts';
import {storeFile} from '../store-file.ts';
import type {Method} from '../tables.ts';

/**
 * RFC 5995 §3.2: POST to a collection's DAV:add-member URL stores the body under a name that the server picks; to a collection itself it
 * is bulk changes, where its kind takes them.
 */
export const post: Method = {
  name: 'POST',
  mapped: dav('bind'),
  unmapped: dav('bind'),
  writes: true,
  supports: ({stored}) => stored?.collection === true,
  handle(request) {
    const {http, target, parent, path} = request;
    const isMember = !target && path !== undefined && path.slice(path.lastIndexOf('/') + 1) === addMemberName;
    const into = isMember ? parent : http.query === 'add-member' ? target : undefined;
    const bulk = target?.stored?.collection && http.query === '' && request.limits.bulk ? target.kind.bulk : undefined;
    if (bulk) return changeInBulk(request, target!, bulk);
    if (!into?.view) throw new DavError(404, {message: 'Nothing here takes a POST.'});
    const name = `${randomUUID()}${into.kind.bulk?.ending ?? endingOf(http.headers['content-type'])}`;
    const folder = into.stored!.path;
    return storeFile(request, {parent: into, path: folder ? `${folder}/${name}` : name, target: undefined});
  },
};
