import {createHash} from 'node:crypto';
import {evaluateConditions} from '../http/conditional.ts';
import type {HttpRequest, HttpResponse} from '../http/message.ts';
import {text} from '../xml/element.ts';
import {dav} from '../xml/names.ts';
import {parseXml} from '../xml/parse.ts';
import {escapeXml} from '../xml/print.ts';
import {entityTag, lastModified} from './entity-tag.ts';
import {DavError} from './error.ts';
import {membersOf} from './locate.ts';
import {livePropertiesOf} from './propstat.ts';
import type {DavContext, DavRequest, Resource} from './tables.ts';

/** What a page has beside its list: markup already. */
export interface ListingOptions {
  readonly above?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What tells its entity tag from that of another form of the collection, where it has one. */
  readonly form?: string;
}

/** As many members are shown; a person reads no more. */
const shown = 1000;

/**
 * GET of a collection (RFC 4918 §9.4): a page with its members for people, as far as the one who asks may read them. No script,
 * all text.
 */
export async function listCollection(
  request: DavRequest,
  {above = '', headers = {}, form = ''}: ListingOptions = {},
): Promise<HttpResponse> {
  const {target, http} = request as DavRequest & {target: Resource};
  const {stored} = target;
  const validators: Record<string, string> = {};
  if (stored) {
    const [etag, modified] = [entityTag(stored) + form, lastModified(stored)];
    validators.etag = `"${etag}"`;
    validators['last-modified'] = new Date(modified).toUTCString();
    const refused = evaluateConditions(http.headers, {exists: true, etag, modified}, true);
    if (refused === 304) return {status: 304, headers: {...validators, 'cache-control': 'private, no-cache', vary, ...headers}};
    if (refused) throw new DavError(refused, {message: 'It is not as the request’s conditions say.', headers: validators});
  }
  return {status: 200, headers: {...page, ...validators, ...headers}, body: parts(request, above)};
}

/** The page as it is made: its length is not known before. */
async function* parts(request: DavRequest, above: string): AsyncIterable<string> {
  const target = request.target!;
  const title = (await displayname(target, request)) ?? nameOf(target);
  const up = target.href === '/' ? '' : `<p><a href="${escapeXml(parentOf(target.href))}">One level up</a></p>\n`;
  yield `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeXml(title)}</title>
<style>${style}</style></head>
<body>
<h1>${escapeXml(title)}</h1>
<p><code>${escapeXml(decodeURIComponent(target.href))}</code>: ${escapeXml(target.kind.name)}</p>
${up}${above}`;
  yield await table(request);
  yield '</body>\n</html>\n';
}

/** Whether a browser shows the answer to a person: only browsers name both types. A program that takes anything names `*` alone. */
export function isForPeople({headers}: HttpRequest): boolean {
  const accept = headers.accept?.toLowerCase() ?? '';
  return accept.startsWith('text/html') && accept.includes('application/xhtml+xml');
}

async function table(request: DavRequest): Promise<string> {
  let rows = '';
  let count = 0;
  for await (const member of membersOf(request.target!, request)) {
    if (!request.may(dav('read'), member)) continue;
    if (++count > shown) break;
    rows += await row(member, request);
  }
  if (count === 0) return '<p>There is nothing in it.</p>\n';
  const head = ['Name', 'Called', 'What it is', 'Bytes', 'Changed'].map(name => `<th scope="col">${name}</th>`).join('');
  const more = count > shown ? `<p>There are more; only the first ${shown} are shown.</p>\n` : '';
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${rows}</tbody>\n</table>\n${more}`;
}

async function row(member: Resource, context: DavContext): Promise<string> {
  const {stored, kind, href} = member;
  const cells = [
    `<a href="${escapeXml(href)}">${escapeXml(nameOf(member))}</a>`,
    escapeXml((await displayname(member, context)) ?? ''),
    escapeXml(kind.name),
    stored?.collection === false ? String(stored.sizeBytes) : '',
    stored ? timeOf(lastModified(stored)) : '',
  ];
  return `<tr>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>\n`;
}

function timeOf(instant: number): string {
  const iso = new Date(instant).toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

async function displayname(resource: Resource, context: DavContext): Promise<string | undefined> {
  const row = livePropertiesOf(resource.kind, context.protocol).get(dav('displayname'));
  const value = await row?.get({resource, stored: resource.stored!, context});
  return value && typeof value === 'object' && 'raw' in value
    ? text(parseXml(value.raw))
    : typeof value === 'string'
      ? value
      : undefined;
}

function nameOf({href}: Resource): string {
  return decodeURIComponent(href.replace(/\/$/, '').split('/').at(-1) ?? '') || '/';
}

function parentOf(href: string): string {
  return href.replace(/[^/]+\/?$/, '');
}

const style =
  ':root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:1.5rem}table{border-collapse:collapse}th,td{text-align:left;padding:.2rem 1rem .2rem 0;overflow-wrap:anywhere}';

/** What DAV:getcontenttype says of a collection. */
export const pageType = 'text/html; charset=utf-8';

/** A browser may be given another page of the same collection: at `/`, that for people. */
const vary = 'Accept';

const page = {
  vary,
  'content-type': pageType,
  'cache-control': 'private, no-cache',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
};
