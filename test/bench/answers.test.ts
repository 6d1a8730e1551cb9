import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {createReader} from '../../bench/answers.ts';

const plain = (status: number, size: number) =>
  `HTTP/1.1 ${status} X\r\nDate: today\r\nContent-Length: ${size}\r\n\r\n${'b'.repeat(size)}`;
const chunked = (status: number, sizes: number[]) =>
  `HTTP/1.1 ${status} X\r\nTransfer-Encoding: chunked\r\n\r\n${sizes
    .map(size => `${size.toString(16)}\r\n${'c'.repeat(size)}\r\n`)
    .join('')}0\r\n\r\n`;

describe('RFC 9112 answers, as the load generator counts them', () => {
  const answer = fc.oneof(
    fc
      .tuple(fc.constantFrom(200, 207, 404), fc.nat(300))
      .map(([status, size]) => ({text: plain(status, size), got: [status, size]})),
    fc
      .tuple(fc.constantFrom(200, 207), fc.array(fc.integer({min: 1, max: 300}), {maxLength: 4}))
      .map(([status, sizes]) => ({text: chunked(status, sizes), got: [status, sizes.reduce((a, b) => a + b, 0)]})),
    fc.constant({text: 'HTTP/1.1 204 No Content\r\nETag: "1"\r\n\r\n', got: [204, 0]}),
  );

  test('each is counted once with its bytes, however the network cuts them', () => {
    fc.assert(
      fc.property(fc.array(answer, {maxLength: 5}), fc.array(fc.integer({min: 1, max: 200})), (answers, cuts) => {
        const got: number[][] = [];
        const read = createReader((status, bytes) => got.push([status, bytes]));
        let rest = Buffer.from(answers.map(({text}) => text).join(''));
        for (const cut of cuts) {
          read(rest.subarray(0, cut));
          rest = rest.subarray(cut);
        }
        read(rest);
        expect(got).toEqual(answers.map(one => one.got));
      }),
    );
  });

  test.each(['SSH-2.0-x\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'])(
    'what cannot be followed is no answer: %j',
    text => {
      expect(() => createReader(() => {})(Buffer.from(text))).toThrow();
    },
  );
});
