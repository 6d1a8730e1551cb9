import {describe, expect, test} from 'vitest';
import {judgeFileClock, judgeSetBack, judgeTime, judgeZones} from '../../../src/doctor/checks/clock.ts';

describe('the clock', () => {
  test('a year in which this program did not exist cannot be', () => {
    expect(judgeTime(Date.UTC(1970, 0, 2))).toMatchObject({status: 'fail', fix: expect.stringContaining('set-ntp')});
    expect(judgeTime(Date.UTC(2150, 0, 2)).status).toBe('fail');
    expect(judgeTime(Date.UTC(2026, 10, 22)).status).toBe('ok');
  });

  test('time zone data that have not been renewed for years are told of', () => {
    expect(judgeZones('2026f', Date.UTC(2027, 10, 22))).toMatchObject({status: 'ok', message: expect.stringContaining('2026f')});
    expect(judgeZones('2026f', Date.UTC(2029, 0, 1))).toMatchObject({status: 'warn', fix: expect.stringContaining('update')});
  });

  test('a file stamped by another clock shows it, in either direction', () => {
    expect(judgeFileClock(1_000_500, 1_000_000, 1_001_000).status).toBe('ok');
    expect(judgeFileClock(990_000, 1_000_000, 1_001_000)).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('10 s'),
    });
    expect(judgeFileClock(1_061_000, 1_000_000, 1_001_000)).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('60 s'),
    });
  });

  test('a file from a time that has not come yet shows that the clock went back', () => {
    const now = Date.UTC(2026, 10, 22);
    const old = {path: '/srv/a', changed: now - 1000};
    expect(judgeSetBack([old], now)).toMatchObject([{status: 'ok'}]);
    expect(judgeSetBack([old, {path: '/srv/b', changed: now + 3_600_000}], now)).toMatchObject([
      {status: 'warn', details: {file: '/srv/b', changed: '2026-11-22T01:00:00.000Z'}},
    ]);
    expect(judgeSetBack([], now)).toEqual([]);
  });
});
