import {createHmac} from 'node:crypto';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {createHmacOf} from '../../src/base/hmac.ts';

describe('RFC 2104 HMAC', () => {
  test('RFC 4231 §4.3: test case 2', () => {
    const digest = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
    expect(createHmacOf(Buffer.from('Jefe'))('what do ya want for nothing?')).toBe(Buffer.from(digest, 'hex').toString('base64'));
  });

  test('is what Node makes', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 64}), fc.string({unit: 'grapheme'}), (key, text) => {
        expect(createHmacOf(key)(text)).toBe(createHmac('sha256', key).update(text).digest('base64'));
      }),
    );
  });

  test('a key longer than a block is not taken', () => {
    expect(() => createHmacOf(new Uint8Array(65))).toThrow(RangeError);
  });
});
