import type {Answer} from './client.ts';
import type {Credentials, Session} from './session.ts';
import {encodeUri} from './uri.ts';

/** A request whose variables have been filled in. */
export interface Sending {
  readonly method: string;
  readonly uri: string;
  readonly credentials: Credentials;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array | undefined;
}

/** Sends a request with Basic credentials (RFC 7617), and remembers it and the ETag that was answered. */
export async function exchange(session: Session, {method, uri, credentials, headers = {}, body}: Sending): Promise<Answer> {
  const path = encodeUri(uri);
  const sent = {
    ...headers,
    ...(credentials && {
      authorization: `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`,
    }),
    'user-agent': 'caldav-test',
  };
  const about = {method, uri: path, headers: sent, body: Buffer.from(body ?? []).toString('utf8')};
  session.last = {...about, answer: undefined};
  const answer = await session.client.send({method, uri: path, headers: sent, body});
  session.last = {...about, answer};
  const [etag] = answer.header('etag');
  if (etag !== undefined) session.etags.set(path, etag);
  return answer;
}
