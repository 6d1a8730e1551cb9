import {type Element, element, elements, text} from '../../../src/xml/element.ts';
import {dav} from '../../../src/xml/names.ts';
import type {Client, RequestOptions} from '../../support/client.ts';

/** What is asked for with LOCK; an exclusive lock of Depth 0 if nothing else is said. */
export interface Asked {
  readonly scope?: 'exclusive' | 'shared';
  readonly depth?: '0' | 'infinity';
  readonly owner?: Element;
  readonly headers?: Record<string, string>;
}

/** LOCK, with the token it answered. */
export async function lock(client: Client, path: string, {scope = 'exclusive', depth = '0', owner, headers = {}}: Asked = {}) {
  const body = element(
    dav('lockinfo'),
    element(dav('lockscope'), element(dav(scope))),
    element(dav('locktype'), element(dav('write'))),
    owner,
  );
  const answer = await client.request('LOCK', path, {depth, body, headers});
  return {...answer, token: answer.headers.get('lock-token')?.slice(1, -1) ?? ''};
}

export const unlock = (client: Client, path: string, token: string) =>
  client.request('UNLOCK', path, {headers: {'lock-token': `<${token}>`}});

/** A request with a lock submitted that is on another resource maybe: `If: </…> (<token>)`. */
export function submitting(root: string, token: string, options: RequestOptions = {}): RequestOptions {
  return {...options, headers: {...options.headers, if: `<${root}> (<${token}>)`}};
}

/** The hrefs that a refusal names. */
export function hrefsIn(xml: Element | undefined): string[] {
  if (!xml) return [];
  return xml.name === dav('href') ? [text(xml)] : elements(xml).flatMap(hrefsIn);
}

/** What DAV:lockdiscovery says, as text by local name of its parts. */
export async function discovered(client: Client, path: string): Promise<Record<string, string>[]> {
  const {responses} = await client.propfind(path, 0, dav('lockdiscovery'));
  const found = [...responses.values()][0]!.properties.get(dav('lockdiscovery'))!;
  return elements(found).map(active =>
    Object.fromEntries(
      elements(active).map(part => {
        const inner = elements(part)[0];
        const name = part.name.slice('{DAV:}'.length);
        return [name, text(part) || (inner?.name.slice('{DAV:}'.length) ?? '')];
      }),
    ),
  );
}
