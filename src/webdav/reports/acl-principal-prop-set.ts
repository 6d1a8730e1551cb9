import {dav} from '../../xml/names.ts';
import {printPath} from '../href.ts';
import {principal} from '../kinds/principal.ts';
import {multistatus} from '../multistatus.ts';
import {parsePrefer} from '../prefer.ts';
import {requirePrivilege} from '../privileges.ts';
import {printResponse} from '../propstat.ts';
import type {Report} from '../tables.ts';
import {wantedIn} from '../wanted.ts';

/** RFC 3744 §9.2: the principals that a resource's DAV:acl names. */
export const aclPrincipalPropSet: Report = {
  name: dav('acl-principal-prop-set'),
  supports: () => true,
  run(body, request) {
    requirePrivilege(dav('read-acl'), request.target, request);
    const prefer = parsePrefer(request.http);
    const wanted = wantedIn(body, request.http);
    const named = new Map(
      request.acl(request.target).flatMap(({who}) => (who === 'authenticated' ? [] : [[who.guid, who] as const])),
    );
    const responses = [...named.values()].map(owner =>
      printResponse({kind: principal, owner, href: printPath(['principals', '__uids__', owner.guid], true)}, wanted, request),
    );
    return multistatus(responses, {headers: prefer.applied});
  },
};
