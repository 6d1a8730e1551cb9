import {expect, test} from 'vitest';
import {event} from '../support/events.ts';
import {serve} from '../support/serve.ts';
import {basic} from '../webdav/raw.ts';
import {answersIn, converse} from './conversation.ts';

const hidden = `DELETE /calendars/users/ann/calendar/1.ics HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic('ann')}\r\n\r\n`;
const chunked = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;

/** What two readers might end at different places: a proxy's second request, in the name of whoever it comes from. */
const messages: readonly (readonly [name: string, headers: string, body: string])[] = [
  ['a length and chunks', `Content-Length: 5\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${hidden}`],
  ['chunks and a length', `Transfer-Encoding: chunked\r\nContent-Length: 5\r\n`, `0\r\n\r\n${hidden}`],
  ['two lengths', `Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n`, hidden],
  ['a list of lengths', `Content-Length: 0, ${hidden.length}\r\n`, hidden],
  ['a length with a sign', `Content-Length: +0\r\n`, hidden],
  ['a length in hexadecimal', `Content-Length: 0x${hidden.length.toString(16)}\r\n`, hidden],
  ['a space before the colon', `Content-Length : ${hidden.length}\r\n`, hidden],
  ['a folded header', `X-A: b\r\n Content-Length: ${hidden.length}\r\n`, hidden],
  ['a coding that is not chunked at the end', `Transfer-Encoding: chunked, identity\r\n`, chunked],
  ['a coding that nobody knows', `Transfer-Encoding: xchunked\r\n`, chunked],
  ['chunked twice', `Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n`, chunked],
  ['a chunk whose length lies', `Transfer-Encoding: chunked\r\n`, `1\r\n${hidden}\r\n0\r\n\r\n`],
  ['a chunk that ends in LF alone', `Transfer-Encoding: chunked\r\n`, `0\n\n${hidden}`],
  ['lines that end in CR alone', `X-A: b\rTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${hidden}`],
  ['a NUL in a header', `X-A: b\0c\r\nContent-Length: 0\r\n`, hidden],
];

test.each(messages)('RFC 9112 §11.2, %s: is refused, and what follows is not read as a request', async (_, headers, body) => {
  const {ann, base} = await serve({ann: [event('1')]});
  const head = `POST / HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic('ann')}\r\n${headers}\r\n`;
  const pause = async () => void (await ann.get('/calendars/users/ann/'));
  const answers = answersIn(await converse(Number(new URL(base).port), Buffer.from(head + body, 'latin1'), pause));
  expect(answers.map(({status}) => status).filter(status => status < 400)).toEqual([]);
  expect(answers.length).toBeLessThanOrEqual(1);
  expect((await ann.get('/calendars/users/ann/calendar/1.ics')).status).toBe(200);
});
