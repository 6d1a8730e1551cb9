import {dav} from '../../xml/names.ts';
import type {Who} from '../access/ace.ts';
import {parseDepth} from '../depth.ts';
import {principal} from '../kinds/principal.ts';
import {multistatus} from '../multistatus.ts';
import {parsePrefer} from '../prefer.ts';
import {principalHref} from '../principals.ts';
import {requirePrivilege} from '../privileges.ts';
import {printResponse} from '../propstat.ts';
import type {DavRequest, Report, Resource} from '../tables.ts';
import {wantedIn} from '../wanted.ts';

/** RFC 3744 §9.2: the principals that a resource's DAV:acl names. */
export const aclPrincipalPropSet: Report = {
  name: dav('acl-principal-prop-set'),
  supports: () => true,
  run(body, request) {
    requirePrivilege(dav('read-acl'), request.target, request);
    parseDepth(request.http, '0', ['0']);
    const prefer = parsePrefer(request.http);
    const wanted = wantedIn(body, request.http);
    const named = new Set(request.acl(request.target).flatMap(({who}) => guidOf(who, request.target) ?? []));
    const principals = [...named].flatMap(guid => resourceOf(guid, request) ?? []).filter(each => request.may(dav('read'), each));
    const responses = principals.map(each => printResponse(each, wanted, request));
    return multistatus(responses, {headers: prefer.applied});
  },
};

/** An entry names a principal by its URL, or by a property that holds it. */
function guidOf(who: Who, {owner}: Resource): string | undefined {
  if (typeof who === 'string') return undefined;
  return 'guid' in who ? who.guid : owner?.guid;
}

function resourceOf(guid: string, {directory}: DavRequest): Resource | undefined {
  const owner = directory.findByGuid(guid);
  return owner && {kind: principal, owner, href: principalHref(owner)};
}
