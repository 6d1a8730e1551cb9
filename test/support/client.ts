import {type Element, element, elements, isElement, text} from '../../src/xml/element.ts';
import {dav, type Name} from '../../src/xml/names.ts';
import {parseXml} from '../../src/xml/parse.ts';
import {printXml} from '../../src/xml/print.ts';

/** An answer as a test looks at it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The body parsed, where it is XML. */
  readonly xml: Element | undefined;
  /** The condition within DAV:error, if there is one. */
  readonly error: Name | undefined;
  /** What a multistatus says, by href. */
  readonly responses: ReadonlyMap<string, MultistatusResponse>;
}

/** One DAV:response. */
export interface MultistatusResponse {
  /** The status of the resource itself, where the response has one; */
  readonly status: number | undefined;
  /** else the properties with 2xx, and the status of each of the others. */
  readonly properties: ReadonlyMap<Name, Element>;
  readonly refused: ReadonlyMap<Name, number>;
  readonly error: Name | undefined;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly depth?: '0' | '1' | 'infinity' | 0 | 1;
  readonly body?: string | Uint8Array | Element;
}

/** A DAV client with one account's name and password; `undefined` credentials: nobody logs in. */
export class Client {
  readonly base: string;
  readonly credentials: string | undefined;

  constructor(base: string, name?: string, password?: string) {
    this.base = base;
    this.credentials = name === undefined ? undefined : `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  }

  async request(method: string, path: string, {headers = {}, depth, body}: RequestOptions = {}): Promise<Answer> {
    const all: Record<string, string> = {...headers};
    if (this.credentials) all.authorization = this.credentials;
    if (depth !== undefined) all.depth = String(depth);
    const isXml = typeof body === 'object' && !(body instanceof Uint8Array);
    if (isXml) all['content-type'] ??= 'application/xml; charset=utf-8';
    const sent = isXml ? printXml(body) : body;
    const response = await fetch(this.base + path, {method, headers: all, body: sent as string | undefined, redirect: 'manual'});
    return read(response);
  }

  /** PROPFIND of named properties; none: allprop. */
  propfind(path: string, depth: '0' | '1' | 'infinity' | 0 | 1 = 0, ...names: Name[]) {
    const what = names.length > 0 ? element(dav('prop'), ...names.map(name => element(name))) : element(dav('allprop'));
    return this.request('PROPFIND', path, {depth, body: element(dav('propfind'), what)});
  }

  /** PROPPATCH that sets these properties. */
  proppatch(path: string, ...properties: Element[]) {
    return this.request('PROPPATCH', path, {
      body: element(dav('propertyupdate'), element(dav('set'), element(dav('prop'), ...properties))),
    });
  }

  report(path: string, body: Element | string, depth: '0' | '1' | 'infinity' = '1') {
    return this.request('REPORT', path, {depth, body, headers: {'content-type': 'application/xml; charset=utf-8'}});
  }

  get(path: string, headers: Record<string, string> = {}) {
    return this.request('GET', path, {headers});
  }

  put(path: string, body: string | Uint8Array, headers: Record<string, string> = {}) {
    return this.request('PUT', path, {body, headers: {'content-type': 'text/calendar; charset=utf-8', ...headers}});
  }

  delete(path: string, headers: Record<string, string> = {}) {
    return this.request('DELETE', path, {headers});
  }

  /** RFC 6578: what changed since `token` (empty: all). `token` in the answer is the next one. */
  async sync(path: string, token = '', level: '1' | 'infinite' = '1') {
    const answer = await this.report(
      path,
      element(
        dav('sync-collection'),
        element(dav('sync-token'), token),
        element(dav('sync-level'), level),
        element(dav('prop'), element(dav('getetag'))),
      ),
      '0',
    );
    const next = answer.xml && elements(answer.xml, dav('sync-token'))[0];
    const changed = [...answer.responses].filter(([, {status}]) => status === undefined).map(([href]) => href);
    const removed = [...answer.responses].filter(([, {status}]) => status === 404).map(([href]) => href);
    return {...answer, token: next && text(next), changed, removed};
  }
}

async function read(response: Response): Promise<Answer> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const body = new TextDecoder().decode(bytes);
  const isXml = /[/+]xml/.test(response.headers.get('content-type') ?? '') && bytes.length > 0;
  const xml = isXml ? parseXml(bytes) : undefined;
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    text: body,
    xml,
    error: xml?.name === dav('error') ? xml.children.find(isElement)?.name : undefined,
    responses: new Map(xml?.name === dav('multistatus') ? elements(xml, dav('response')).flatMap(responses) : []),
  };
}

function responses(response: Element): [string, MultistatusResponse][] {
  const properties = new Map<Name, Element>();
  const refused = new Map<Name, number>();
  for (const propstat of elements(response, dav('propstat'))) {
    const status = statusOf(propstat)!;
    for (const property of elements(elements(propstat, dav('prop'))[0]!)) {
      if (status >= 200 && status < 300) properties.set(property.name, property);
      else refused.set(property.name, status);
    }
  }
  const error = elements(response, dav('error'))[0]?.children.find(isElement)?.name;
  return elements(response, dav('href')).map(href => [text(href), {status: statusOf(response), properties, refused, error}]);
}

function statusOf(parent: Element): number | undefined {
  const status = elements(parent, dav('status'))[0];
  return status && Number(/^HTTP\/1\.1 (\d{3})/.exec(text(status))?.[1]);
}
