import {breathe} from '../base/breathe.ts';
import type {HttpResponse} from '../http/message.ts';
import {element} from '../xml/element.ts';
import {dav} from '../xml/names.ts';
import {declarations, printNode, prolog} from '../xml/print.ts';
import type {DavError} from './error.ts';
import {statusLine, statusOf} from './propstat.ts';

export const xmlType = 'application/xml; charset=utf-8';

/** As much goes out in one piece, and is so with the members of most collections. */
const chunkCharacters = 400_000;

/** The clock is looked at once for so many responses. */
const breatheEvery = 16;

type Responses = Iterable<string | Promise<string>> | AsyncIterable<string>;

interface About {
  /** XML after the responses. */
  readonly tail?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of more responses than `most`, those beyond are not given, but `beyond` instead. */
  readonly most?: number;
  readonly beyond?: string;
}

/**
 * A 207 (RFC 4918 §13) of responses already printed; empty ones are none. A short one goes out whole; a long one is printed while it is sent.
 */
export async function multistatus(responses: Responses, about: About = {}): Promise<HttpResponse> {
  const parts = chunks(responses, about);
  const first = await parts.next();
  const second = first.done ? first : await parts.next();
  const head = {'content-type': xmlType, ...about.headers};
  if (second.done) return {status: 207, headers: head, body: first.value ?? ''};
  return {status: 207, headers: head, body: resume([first.value!, second.value], parts)};
}

async function* resume(first: readonly string[], rest: AsyncIterable<string>): AsyncIterable<string> {
  yield* first;
  yield* rest;
}

async function* chunks(responses: Responses, about: About): AsyncGenerator<string, undefined> {
  const {tail = '', most = Infinity, beyond = ''} = about;
  let chunk = `${prolog}<D:multistatus${declarations}>`;
  let count = 0;
  let turns = 0;
  // Most are at hand: only what has to be waited for is.
  const isAtHand = Symbol.iterator in responses;
  const all = isAtHand ? responses[Symbol.iterator]() : responses[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = all.next();
      const {done, value} = next instanceof Promise ? await next : next;
      if (done) break;
      const response = typeof value === 'string' ? value : await value;
      const pause = ++turns % breatheEvery === 0 ? breathe() : undefined;
      if (pause) await pause;
      if (response === '') continue;
      if (++count > most) {
        chunk += beyond;
        break;
      }
      chunk += response;
      if (chunk.length < chunkCharacters) continue;
      yield chunk;
      chunk = '';
    }
  } finally {
    await all.return?.();
  }
  yield `${chunk}${tail}</D:multistatus>`;
  return undefined;
}

/** A DAV:response that says only how it went with a resource (RFC 4918 §14.24). */
export function printStatus(href: string, outcome: number | DavError): string {
  const status = typeof outcome === 'number' ? statusLine(outcome) : statusOf(outcome);
  return `<D:response>${printNode(element(dav('href'), href))}${status}</D:response>`;
}
