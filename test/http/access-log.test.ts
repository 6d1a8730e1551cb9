import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {type AccessEntry, accessLine, claimedUser} from '../../src/http/access-log.ts';

const entry: AccessEntry = {
  address: '192.0.2.7',
  user: 'ann',
  time: Date.UTC(2026, 10, 22, 8, 44, 35),
  method: 'PROPFIND',
  target: '/calendars/users/ann/',
  httpVersion: '1.1',
  status: 207,
  bytes: 1234,
  referer: undefined,
  agent: 'iOS/26 dataaccessd/1.0',
  elapsedMs: 12.34,
  underWay: 3,
  port: 8443,
};

describe('a line of the access log', () => {
  test('is Apache’s combined format, with more where it is asked for', () => {
    const stamp = /\[(\d\d)\/(\w{3})\/(\d{4}):([\d:]{8}) ([+-]\d{4})\]/;
    const line = accessLine(entry, false);
    const [, day, month, year, time, zone] = stamp.exec(line)!;
    expect(Date.parse(`${day} ${month} ${year} ${time} ${zone}`)).toBe(Math.floor(entry.time / 1000) * 1000);
    expect(line.replace(stamp, '[]')).toBe(
      '192.0.2.7 - ann [] "PROPFIND /calendars/users/ann/ HTTP/1.1" 207 1234 "-" "iOS/26 dataaccessd/1.0"\n',
    );
    expect(accessLine(entry, true)).toBe(`${line.trimEnd()} i=${process.pid} p=8443 or=3 t=12.3\n`);
  });

  test('is one line of printable fields, whatever a client writes', () => {
    const text = fc.string({unit: 'binary'});
    fc.assert(
      fc.property(text, text, text, text, text, (user, method, target, referer, agent) => {
        const line = accessLine({...entry, user, method, target, referer, agent}, true);
        expect(line).toMatch(
          /^192\.0\.2\.7 - \S+ \[[^\]]+\] "(?:[^"\\]|\\.)*" 207 1234 "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*" i=\d+ p=8443 or=3 t=12\.3\n$/,
        );
        expect(line.slice(0, -1)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/);
      }),
    );
  });

  test('shows no secret of a URL', () => {
    const line = accessLine(
      {...entry, target: 'http://ann:pw1@h/x?a=1&access_token=pw2&b=2', referer: 'https://h/?key=pw3'},
      false,
    );
    expect(line).not.toMatch(/pw\d/);
    expect(line).toContain('http://h/x?a=1&access_token=…&b=2 ');
  });

  test('shows no link by which an invitation that was mailed is answered (RFC 6047 §3)', () => {
    const link = 'https://h/reply/pw4-abcdefghij';
    for (const target of ['/reply/pw4-abcdefghij', `${link}?a=1`]) {
      const line = accessLine({...entry, target, referer: link}, false);
      expect(line).not.toContain('pw4');
      expect(line).toContain('/reply/…');
    }
    expect(accessLine({...entry, target: '/calendars/users/ann/reply/1.ics'}, false)).toContain('/reply/1.ics ');
  });
});

describe('the name in Authorization', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  test.for([
    [undefined, undefined],
    [basic('ann@example.com:pw:pw'), 'ann@example.com'],
    [basic('no colon, so it may be a password'), undefined],
    ['Digest username="ann", realm="r", response="0"', 'ann'],
    ['Bearer secret', undefined],
  ] as const)('%s is of %s', ([header, user]) => {
    expect(claimedUser(header)).toBe(user);
  });
});
