import {text} from '../xml/element.ts';
import {dav} from '../xml/names.ts';
import {exchange} from './exchange.ts';
import {findProperty, responsesOf, xmlOf} from './multistatus.ts';
import type {Credentials, Session} from './session.ts';
import {comparable} from './uri.ts';

/** A member of a collection. */
export interface Member {
  readonly href: string;
  /** Milliseconds; NaN where it is not said. */
  readonly modified: number;
  readonly etag: string | undefined;
}

const question = `<?xml version="1.0" encoding="utf-8"?>
<D:propfind xmlns:D="DAV:"><D:prop><D:getetag/><D:getlastmodified/></D:prop></D:propfind>`;

/** What lies in a collection, by PROPFIND; empty where there is none. */
export async function membersOf(session: Session, uri: string, credentials: Credentials): Promise<Member[]> {
  const answer = await exchange(session, {
    method: 'PROPFIND',
    uri,
    credentials,
    headers: {Depth: '1', 'Content-Type': 'application/xml; charset=utf-8'},
    body: Buffer.from(question),
  });
  const root = answer.status === 207 ? xmlOf(answer) : undefined;
  return (root ? responsesOf(root) : []).flatMap(response => {
    const [href = ''] = response.hrefs;
    if (comparable(href) === comparable(uri)) return [];
    const modified = findProperty(response, dav('getlastmodified'));
    const etag = findProperty(response, dav('getetag'));
    return [{href, modified: modified ? Date.parse(text(modified)) : Number.NaN, etag: etag && text(etag)}];
  });
}

/** Deletes each; answers the first that could not be deleted. */
export async function deleteMembers(
  session: Session,
  members: readonly Member[],
  credentials: Credentials,
): Promise<string | undefined> {
  let failed: string | undefined;
  for (const {href} of members) {
    const {status} = await exchange(session, {method: 'DELETE', uri: href, credentials});
    if ((status < 200 || status > 299) && status !== 404) failed ??= `DELETE ${href} was answered ${status}`;
  }
  return failed;
}
