import {element} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {printNode} from '../../xml/print.ts';
import {DavError} from '../error.ts';
import {multistatus} from '../multistatus.ts';
import {parsePrefer} from '../prefer.ts';
import {requirePropertyRoom} from '../room.ts';
import {parseInstructions, planProperties, printChanges} from '../set-properties.ts';
import type {Method} from '../tables.ts';

/** RFC 4918 §9.2: all instructions, or none. */
export const proppatch: Method = {
  name: 'PROPPATCH',
  mapped: dav('write-properties'),
  writes: true,
  async handle(request) {
    const {target, http} = request;
    const body = request.xml();
    if (body?.name !== dav('propertyupdate'))
      throw new DavError(400, {message: 'The body must be a DAV:propertyupdate element.'});
    const changes = planProperties(parseInstructions(body), target!, request);
    requirePropertyRoom(target!.stored, changes.values, target!, request);
    if (changes.refused.size === 0) {
      if (changes.values.size > 0) request.txn.setProperties(target!.stored!.path, changes.values);
      for (const carryOut of changes.elsewhere) await carryOut();
    }
    const prefer = parsePrefer(http);
    if (prefer.return === 'minimal' && changes.refused.size === 0) return {status: 200, headers: prefer.applied};
    const href = printNode(element(dav('href'), target!.href));
    return multistatus([`<D:response>${href}${printChanges(changes)}</D:response>`]);
  },
};
