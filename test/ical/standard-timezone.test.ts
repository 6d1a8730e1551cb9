import ICAL from 'ical.js';
import {describe, expect, test} from 'vitest';
import {ianaZone} from '../../src/ical/iana-zone.ts';
import {standardTimezone, type Truncation} from '../../src/ical/standard-timezone.ts';
import {timezone, timezoneIds} from '../../src/ical/tzdata.ts';
import {vtimezone} from '../../src/ical/vtimezone.ts';

const printed = (name: string, range?: Truncation) =>
  new ICAL.Component(standardTimezone(name, range)!).toString().replaceAll(/\r\n /g, '').split('\r\n');

/** Read back from its text, as a client would. */
const readBack = (name: string, range?: Truncation) =>
  vtimezone(ICAL.parse(new ICAL.Component(standardTimezone(name, range)!).toString()) as Parameters<typeof vtimezone>[0])!;

const from1970 = {start: 0};

describe('RFC 5545 §3.6.5 the VTIMEZONE of a zone', () => {
  test('says of every zone, read back, when its clocks change from 1970 to 2050', () => {
    const apart: string[] = [];
    for (const id of timezoneIds) {
      const zone = readBack(id, from1970);
      const changes = timezone(id)!.changes.filter(({at}) => at > 0 && at < Date.UTC(2050));
      const instants = [0, ...changes.flatMap(({at}) => [at - 1000, at]), Date.UTC(2050, 0, 1), Date.UTC(2050, 6, 1)];
      for (const at of instants) if (zone.offsetAt(at) !== ianaZone(id)!.offsetAt(at)) apart.push(`${id} at ${at}`);
    }
    expect(apart).toEqual([]);
  });

  test('a rule that goes on has no end, one that is over ends in UTC', () => {
    const lines = printed('America/New_York');
    expect(lines).toContain('RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3');
    expect(lines).toContain('RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11');
    expect(lines).toContain('RRULE:FREQ=YEARLY;UNTIL=20060402T070000Z;BYDAY=1SU;BYMONTH=4');
    expect(lines).toContain('TZOFFSETFROM:-045602');
  });

  test('a week that is no nth one is said by its days', () => {
    expect(printed('America/Santiago')).toContain('RRULE:FREQ=YEARLY;BYDAY=SU;BYMONTHDAY=2,3,4,5,6,7,8;BYMONTH=4');
  });

  test('midnight after Egypt’s last Thursday of October is the Friday of two months', () => {
    const lines = printed('Africa/Cairo', {start: Date.UTC(2025, 0)});
    expect(lines).toContain('RRULE:FREQ=YEARLY;BYDAY=FR;BYMONTHDAY=26,27,28,29,30,31;BYMONTH=10');
    expect(lines).toContain('RRULE:FREQ=YEARLY;BYDAY=FR;BYMONTHDAY=1;BYMONTH=11');
  });

  test('a zone whose clocks never change has one observance', () => {
    expect(printed('Etc/GMT+5')).toEqual([
      'BEGIN:VTIMEZONE',
      'TZID:Etc/GMT+5',
      'X-LIC-LOCATION:Etc/GMT+5',
      'BEGIN:STANDARD',
      'DTSTART:19700101T000000',
      'RDATE:19700101T000000',
      'TZNAME:-05',
      'TZOFFSETFROM:-0500',
      'TZOFFSETTO:-0500',
      'END:STANDARD',
      'END:VTIMEZONE',
    ]);
  });

  test('RFC 7808 §7.2: an alias says whose it is', () => {
    expect(printed('us/eastern').slice(1, 3)).toEqual(['TZID:US/Eastern', 'TZID-ALIAS-OF:America/New_York']);
    expect(standardTimezone('America/Pittsburgh')).toBeUndefined();
  });

  test('RFC 7808 §3.9: truncated, it begins with what holds at the start, and TZUNTIL says its end', () => {
    const lines = printed('America/New_York', {start: Date.UTC(2010, 0), end: Date.UTC(2020, 0)});
    expect(lines.slice(1, 9)).toEqual([
      'TZID:America/New_York',
      'X-LIC-LOCATION:America/New_York',
      'TZUNTIL:20200101T000000Z',
      'BEGIN:STANDARD',
      'DTSTART:20091231T190000',
      'RDATE:20091231T190000',
      'TZNAME:EST',
      'TZOFFSETFROM:-0500',
    ]);
    expect(lines).toContain('RRULE:FREQ=YEARLY;UNTIL=20190310T070000Z;BYDAY=2SU;BYMONTH=3');
    expect(lines).toContain('RRULE:FREQ=YEARLY;UNTIL=20191103T060000Z;BYDAY=1SU;BYMONTH=11');
  });

  test('a start at the very moment of a change is that change', () => {
    const lines = printed('Europe/Berlin', {start: Date.UTC(2026, 2, 29, 1), end: Date.UTC(2026, 6)});
    expect(lines.filter(line => line.startsWith('DTSTART'))).toEqual(['DTSTART:20260329T020000']);
    expect(lines).toContain('TZOFFSETFROM:+0100');
    expect(lines).toContain('TZOFFSETTO:+0200');
  });

  test('a range before and a range after all that is known', () => {
    expect(printed('Europe/Berlin', {start: Date.UTC(1600, 0), end: Date.UTC(1700, 0)})).toContain('TZOFFSETTO:+005328');
    expect(readBack('Europe/Berlin', {start: Date.UTC(2900, 0)}).offsetAt(Date.UTC(2900, 1))).toBe(3_600_000);
  });
});
