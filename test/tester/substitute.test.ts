import {expect, test} from 'vitest';
import {createVariables} from '../../src/tester/substitute.ts';
import {testInfo} from './info.ts';

const now = new Date('2026-01-31T23:30:00Z');
const variables = () =>
  createVariables(
    testInfo({
      substitutions: new Map([
        ['$root:', '/'],
        ['$home1:', '$root:$user1:'],
        ['$user1:', 'ann'],
        ['$loop:', '$loop:x'],
      ]),
    }),
    now,
  );

test('values may name further keys, and what is not known stays', () => {
  expect(variables().fill('$home1:/calendar $$user1: $mailto:$unknown:')).toBe('/ann/calendar $ann $mailto:$unknown:');
});

test('a value that names itself ends somewhere', () => {
  expect(variables().fill('$loop:')).toMatch(/^\$loop:x+$/);
});

test.each([
  ['$now:', '20260131'],
  ['$now.1:T100000Z', '20260201T100000Z'],
  ['$now.-31:', '20251231'],
  ['$now.week.1:', '20260207'],
  ['$now.month.1:01', '20260201'],
  ['$now.year.-3:', '2023'],
])('%s is counted from today', (written, filled) => {
  expect(variables().fill(written)).toBe(filled);
});

test('$uid1: stays the same until suites ask for new ones, $uidrandom: within a text', () => {
  const {fill, renewUids} = variables();
  const uid = fill('$uid1:');
  expect(fill('$uid1:')).toBe(uid);
  expect(fill('$uid2:')).not.toBe(uid);
  renewUids();
  expect(fill('$uid1:')).not.toBe(uid);
  const [one, other] = fill('$uidrandom: $uidrandom:').split(' ');
  expect(one).toBe(other);
  expect(fill('$uidrandom:')).not.toBe(one);
});

test('the engine adds the host, and what is grabbed', () => {
  const {fill, set} = variables();
  set('$etag:', '"1"');
  expect(fill('$host: $hostssl: $etag:')).toBe('http://localhost:8008 https://localhost:8443 "1"');
});
