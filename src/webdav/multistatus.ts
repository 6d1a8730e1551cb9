import {breathe} from '../base/breathe.ts';
import type {HttpResponse} from '../http/message.ts';
import {element} from '../xml/element.ts';
import {dav} from '../xml/names.ts';
import {declarations, printNode, prolog} from '../xml/print.ts';
import type {DavError} from './error.ts';
import {statusLine, statusOf} from './propstat.ts';

export const xmlType = 'application/xml; charset=utf-8';

const chunkCharacters = 65_536;

/**
 * A 207 (RFC 4918 §13) of responses already printed, `tail` after them. A short one goes out whole; a long one is printed
 * while it is sent.
 */
export async function multistatus(
  responses: Iterable<string | Promise<string>> | AsyncIterable<string>,
  {tail = '', headers = {}}: {tail?: string; headers?: Readonly<Record<string, string>>} = {},
): Promise<HttpResponse> {
  const parts = chunks(responses, tail);
  const first = await parts.next();
  const second = first.done ? first : await parts.next();
  const head = {'content-type': xmlType, ...headers};
  if (second.done) return {status: 207, headers: head, body: first.value ?? ''};
  return {status: 207, headers: head, body: resume([first.value!, second.value], parts)};
}

async function* resume(first: readonly string[], rest: AsyncIterable<string>): AsyncIterable<string> {
  yield* first;
  yield* rest;
}

async function* chunks(
  responses: Iterable<string | Promise<string>> | AsyncIterable<string>,
  tail: string,
): AsyncGenerator<string, undefined> {
  let chunk = `${prolog}<D:multistatus${declarations}>`;
  if (Symbol.iterator in responses) {
    for (const response of responses) {
      chunk += typeof response === 'string' ? response : await response;
      const pause = breathe();
      if (pause) await pause;
      if (chunk.length < chunkCharacters) continue;
      yield chunk;
      chunk = '';
    }
  } else {
    for await (const response of responses) {
      chunk += response;
      const pause = breathe();
      if (pause) await pause;
      if (chunk.length < chunkCharacters) continue;
      yield chunk;
      chunk = '';
    }
  }
  yield `${chunk}${tail}</D:multistatus>`;
  return undefined;
}

/** A DAV:response that says only how it went with a resource (RFC 4918 §14.24). */
export function printStatus(href: string, outcome: number | DavError): string {
  const status = typeof outcome === 'number' ? statusLine(outcome) : statusOf(outcome);
  return `<D:response>${printNode(element(dav('href'), href))}${status}</D:response>`;
}
