/** A recurrence rule in jCal (RFC 7265 §3.6.10, RFC 7529 §9): its parts by name in lower case, one value or a list of them. */
export type Recur = Record<string, string | number | (string | number)[]>;

const frequencies = new Set(['SECONDLY', 'MINUTELY', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']);
const lists = new Set(['bysecond', 'byminute', 'byhour', 'byday', 'bymonthday', 'byyearday', 'byweekno', 'bymonth', 'bysetpos']);

/**
 * Parses a RECUR value (RFC 5545 §3.3.10). Its letters count in either case, and clients are known to end it with `;`. What its numbers
 * may be depends on the calendar they count in, and is looked at by `parseRule`. Throws an Error whose message says what is wrong.
 */
export function parseRecur(text: string): Recur {
  const recur: Recur = Object.create(null);
  for (const part of text
    .toUpperCase()
    .replace(/[; \t]+$/, '')
    .split(';')) {
    const [, name, value] = /^\s*([\w-]+)=(.*)$/.exec(part) ?? [];
    if (name === undefined || value === undefined) throw new Error(`${JSON.stringify(part)} is no part of a recurrence rule`);
    recur[name.toLowerCase()] = parsePart(name.toLowerCase(), value.trim());
  }
  if (!frequencies.has(String(recur.freq))) throw new Error('a recurrence rule has no FREQ');
  return recur;
}

function parsePart(name: string, value: string): Recur[string] {
  if (name === 'until') return parseUntil(value);
  if (name === 'count') return wholeNumber(name, value);
  // Some clients write 0 for what is 1.
  if (name === 'interval') return Math.max(1, wholeNumber(name, value));
  if (!lists.has(name)) return value;
  const items = new Set(
    value.split(',').map(item => (name === 'byday' || leapMonth.test(item) ? item : wholeNumber(name, item))),
  );
  return items.size === 1 ? [...items][0]! : [...items];
}

/** RFC 7529 §4.2: the leap month that follows a month. */
const leapMonth = /^\d{1,2}L$/;

function wholeNumber(name: string, value: string): number {
  if (!/^[+-]?\d{1,16}$/.test(value)) throw new Error(`${name.toUpperCase()} holds ${JSON.stringify(value)}`);
  return Number(value);
}

function parseUntil(value: string): string {
  return value.replace(/^(\d{4})(\d\d)(\d\d)/, '$1-$2-$3').replace(/T(\d\d)(\d\d)(\d\d)/, 'T$1:$2:$3');
}
