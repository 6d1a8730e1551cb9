import {dav} from '../../xml/names.ts';
import {DavError} from '../error.ts';
import {covering} from '../locks/lock-scope.ts';
import {lockTokenMatchesRequestUri} from '../preconditions.ts';
import {requirePrivilege} from '../privileges.ts';
import type {Method} from '../tables.ts';

/** RFC 4918 §9.11. Who made a lock may remove it, and others by DAV:unlock (RFC 3744 §3.5). */
export const unlock: Method = {
  name: 'UNLOCK',
  mapped: dav('read'),
  writes: true,
  changes: 'nothing',
  supports: ({stored}) => stored !== undefined,
  handle(request) {
    const {http, target, principal, txn} = request;
    const token = /^\s*<([^<>]+)>\s*$/.exec(String(http.headers['lock-token'] ?? ''))?.[1];
    if (token === undefined) throw new DavError(400, {message: 'Lock-Token must name a lock: <urn:uuid:…>.'});
    const lock = covering(txn.locks(), target!.stored!.path).find(each => each.token === token);
    if (!lock) throw new DavError(lockTokenMatchesRequestUri);
    if (lock.creator !== principal?.guid) requirePrivilege(dav('unlock'), target!, request);
    txn.unlock(token);
    return {status: 204};
  },
};
