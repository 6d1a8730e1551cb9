import {type Element, element} from '../../xml/element.ts';
import {calendarserver, dav} from '../../xml/names.ts';
import {printNode} from '../../xml/print.ts';
import type {DavError} from '../error.ts';
import {printPropstat, statusLine} from '../propstat.ts';

/** What is told of a member beside its ETag. */
interface Told {
  readonly uid?: string | undefined;
  /** Its data, where they are to be sent back. */
  readonly data?: Element | undefined;
}

/** The DAV:response of a member that was stored. */
export function printStored(href: string, etag: string, {uid, data}: Told): string {
  const found = [element(dav('getetag'), `"${etag}"`), uidElement(uid), data].flatMap(each => each ?? []);
  return printResponse(href, printPropstat(found.map(each => printNode(each)).join(''), statusLine(200)));
}

/** The DAV:response of a change that was refused (§3, §4): the condition and the UID in DAV:error; no href where nothing was made. */
export function printFailure(href: string, {status, condition, content}: DavError, uid?: string): string {
  const inside = [condition && element(condition, ...content), uidElement(uid)].filter(each => each !== undefined);
  return printResponse(href, statusLine(status) + (inside.length > 0 ? printNode(element(dav('error'), ...inside)) : ''));
}

/** A DAV:response around what is printed already. */
export function printResponse(href: string, inside: string): string {
  return `<D:response>${printNode(element(dav('href'), href))}${inside}</D:response>`;
}

function uidElement(uid: string | undefined): Element | undefined {
  return uid === undefined ? undefined : element(calendarserver('uid'), uid);
}
