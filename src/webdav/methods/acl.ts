import {dav} from '../../xml/names.ts';
import {planAcl} from '../access/plan-acl.ts';
import {aclProperty, printStored} from '../access/stored-acl.ts';
import {DavError} from '../error.ts';
import {requirePropertyRoom} from '../room.ts';
import type {Method} from '../tables.ts';

/**
 * RFC 3744 §8.1: replaces the entries that were set on a resource. Homes have none of their own: who may use all of one is a delegate.
 */
export const acl: Method = {
  name: 'ACL',
  mapped: dav('write-acl'),
  writes: true,
  supports: ({stored}) => stored !== undefined && stored.path !== '',
  handle(request) {
    const {target, txn} = request;
    const body = request.xml();
    if (body?.name !== dav('acl')) throw new DavError(400, {message: 'The body must be a DAV:acl element.'});
    const aces = planAcl(body, target!, request);
    const values = new Map([[aclProperty, printStored(aces, target!.kind)]]);
    requirePropertyRoom(target!.stored, values, target!, request);
    txn.setProperties(target!.stored!.path, values);
    return {status: 200, headers: {'content-length': '0'}};
  },
};
