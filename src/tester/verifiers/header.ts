import type {Answer} from '../client.ts';
import type {Verifier} from '../verifier.ts';

/**
 * `header`: `Name` is there once, `Name$regex` matches from its start, `Name!regex` does not, `!Name` is not there; with `*` in front
 * it may be there more than once.
 */
export const header: Verifier = {
  name: 'header',
  check({answer, args}) {
    for (const written of args.all('header')) {
      const wrong = checkHeader(answer, written.trim());
      if (wrong) return wrong;
    }
    return undefined;
  },
};

function checkHeader(answer: Answer, written: string): string | undefined {
  const [, mark = '', name = '', sign, pattern = ''] = /^([*!]?)([^$!]+)(?:([$!])(.*))?$/s.exec(written) ?? [];
  const values = answer.header(name);
  if (mark === '!') return values.length > 0 ? `there is a header ${name}: ${values[0]}` : undefined;
  if (values.length === 0) return `there is no header ${name}`;
  if (mark !== '*' && values.length > 1) return `there are ${values.length} headers ${name}`;
  if (!sign) return undefined;
  // Scripts write a Location as they write a path, percent-encoded or not.
  const matches = values.some(value => startMatches(value, pattern) || startMatches(decoded(value), decoded(pattern)));
  if (sign === '$') return matches ? undefined : `the header ${name} is ${values.join(', ')}, not ${pattern}`;
  return matches ? `the header ${name} is ${values.join(', ')}` : undefined;
}

/** A pattern that is no regular expression is a text. */
function startMatches(value: string, pattern: string): boolean {
  if (value.startsWith(pattern)) return true;
  try {
    return new RegExp(`^(?:${pattern})`, 's').test(value);
  } catch {
    return false;
  }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
