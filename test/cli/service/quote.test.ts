import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {quoteWord} from '../../../src/cli/service/quote.ts';

/** systemd.syntax(7): one word, in quotes or without; then systemd.unit(5): specifiers. Undefined: it is not one word. */
function read(word: string): string | undefined {
  const inner =
    /^"((?:[^"\\]|\\.)*)"$/.exec(word)?.[1]?.replace(/\\(["\\])/g, '$1') ?? (/^[^\s"'\\]+$/.test(word) ? word : undefined);
  return inner === undefined || /(?<!%)(?:%%)*%(?!%)/.test(inner) ? undefined : inner.replaceAll('%%', '%');
}

describe('a word of a unit', () => {
  test('is read as it was, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({unit: fc.constantFrom(...'/ab.-_ "\'\\%$;é'), minLength: 1}), text => {
        expect(read(quoteWord(text))).toBe(text);
      }),
    );
  });

  test('is in quotes only where it must be', () => {
    expect(quoteWord('/srv/cal-2/100%')).toBe('/srv/cal-2/100%%');
  });
});
