import fc from 'fast-check';

/** What readers trip over, put in anywhere. */
const tokens = [
  ...[
    '\r\n',
    '\n',
    '\r\n\r\n',
    '\0',
    ' ',
    '\t',
    '"',
    "'",
    '<',
    '>',
    '&',
    '%',
    ';',
    ',',
    ':',
    '=',
    '\\',
    '/',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
  ],
  ...['%00', '%0d%0a', '%2e%2e', '%2F', '%5c', '..', '../', '//', '%c3%28', '%ff', '%F0%9F%8E%89', '?', '#', '*'],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'then',
    '\u202e',
    '\ufeff',
    '🎉',
    '\x1b[2J',
    '\x7f',
    '\x85',
  ],
  ...['0', '-1', '1', '99999999999999999999', '1e999', 'NaN', 'infinity', 'Infinity', '2147483648', '0x10', ''],
  ...[
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?x?>',
    '<!DOCTYPE a>',
    '&amp;',
    '&#0;',
    '&#x10ffff;',
    'xmlns=""',
    'xmlns:x="DAV:"',
    '</D:prop>',
  ],
  ...['<a xmlns="__proto__"/>', '<allprop xmlns="DAV:"/>', '<href xmlns="DAV:">/</href>', 'novalue="yes"', 'name="__proto__"'],
  ...['BEGIN:VEVENT\r\n', 'END:VEVENT\r\n', 'BEGIN:VALARM\r\n', 'END:VCALENDAR\r\n', 'BEGIN:VTIMEZONE\r\n', 'UID:1\r\n', '\r\n '],
  ...['RRULE:FREQ=SECONDLY\r\n', 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n', 'RDATE;VALUE=PERIOD:20260101T000000Z/PT1H\r\n'],
  ...[
    'DTSTART:00000101T000000Z\r\n',
    'DTSTART;VALUE=DATE:20260230\r\n',
    'DURATION:P99999999W\r\n',
    ';VALUE=__proto__',
    ';TZID=x',
    ';X="',
  ],
  ...[
    'Transfer-Encoding: chunked\r\n',
    'Content-Length: 0\r\n',
    'Content-Length: 5\r\nContent-Length: 6\r\n',
    'Expect: 100-continue\r\n',
  ],
  ...[
    'Depth: infinity\r\n',
    'If: (<a>)\r\n',
    'Range: bytes=-1\r\n',
    'Destination: /\r\n',
    'Host: \r\n',
    'Overwrite: F\r\n',
    'X-A: \r\n b\r\n',
  ],
  ...[
    'Authorization: Basic Og==\r\n',
    'Authorization: Digest username="a\\\r\n',
    'X-Forwarded-For: x\r\n',
    'Content-Encoding: gzip\r\n',
  ],
  ...[
    '/principals/__uids__/',
    '/calendars/users/bob/calendar/',
    '/calendars/users/ann/',
    ';add-member',
    'HTTP/1.0',
    'http://x/',
    'PUT ',
    'POST ',
  ],
].map(token => Buffer.from(token));

interface Change {
  readonly at: number;
  readonly length: number;
  readonly what: 'delete' | 'insert' | 'overwrite' | 'flip' | 'repeat' | 'move' | 'splice';
  readonly token: Buffer;
  readonly times: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.double({min: 0, max: 1, noNaN: true, maxExcluded: true}),
  length: fc.oneof({weight: 4, arbitrary: fc.nat(8)}, fc.nat(300)),
  what: fc.constantFrom('delete', 'insert', 'insert', 'insert', 'overwrite', 'flip', 'repeat', 'move', 'splice'),
  token: fc.oneof(
    {weight: 8, arbitrary: fc.constantFrom(...tokens)},
    fc.uint8Array({maxLength: 6}).map(bytes => Buffer.from(bytes)),
  ),
  times: fc.constantFrom(1, 2, 3, 30, 1000),
});

/** A text of these with some bytes of it changed; for half of them nothing but one thing. */
export function mutated(texts: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const text = fc.constantFrom(...texts);
  const changes = fc.oneof(fc.array(change, {minLength: 1, maxLength: 1}), fc.array(change, {maxLength: 8}));
  return fc.tuple(text, changes, text).map(([from, all, other]) => all.reduce((bytes, each) => apply(bytes, each, other), from));
}

/** No change makes a text longer than this. */
const longest = 200_000;

function apply(bytes: Buffer, {at, length, what, token, times}: Change, other: Buffer): Buffer {
  const from = Math.floor(at * (bytes.length + 1));
  const to = Math.min(bytes.length, from + length);
  const [before, piece, after] = [bytes.subarray(0, from), bytes.subarray(from, to), bytes.subarray(to)];
  const joined = (...parts: Uint8Array[]) => Buffer.concat(parts).subarray(0, longest);
  switch (what) {
    case 'delete':
      return joined(before, after);
    case 'insert':
      return joined(before, token, piece, after);
    case 'overwrite':
      return joined(before, token, after);
    case 'flip':
      return joined(
        before,
        piece.map(byte => byte ^ (1 << (times % 8))),
        after,
      );
    case 'repeat':
      return joined(before, ...Array.from({length: times}, () => piece), after);
    case 'move':
      return joined(before, after, piece);
    case 'splice':
      return joined(before, other.subarray(Math.floor(at * other.length), Math.floor(at * other.length) + length), after);
  }
}
