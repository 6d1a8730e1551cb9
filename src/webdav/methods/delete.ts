import {dav} from '../../xml/names.ts';
import {parseDepth} from '../depth.ts';
import {scheduleRemoval} from '../schedule.ts';
import type {Method} from '../tables.ts';

/** RFC 9110 §9.3.5, RFC 4918 §9.6: a collection goes with everything in it. A home stays as long as its principal. */
export const del: Method = {
  name: 'DELETE',
  mapped: dav('unbind'),
  mappedAbove: true,
  writes: true,
  changes: 'tree',
  supports: ({stored, kind}) => stored !== undefined && stored.path !== '' && !kind.isFixed,
  refusal: 403,
  async handle(request) {
    const {http, target, txn} = request;
    if (target!.stored!.collection) parseDepth(http, 'infinity', ['infinity']);
    await scheduleRemoval(target!, http.headers, request);
    txn.delete(target!.stored!.path);
    return {status: 204};
  },
};
