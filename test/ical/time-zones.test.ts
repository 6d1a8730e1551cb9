import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {ianaZone} from '../../src/ical/iana-zone.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {calendarTimezone, zoneByName, zonesOf} from '../../src/ical/time-zones.ts';
import {windowsZones} from '../../src/ical/windows-zones.ts';
import {toInstant, toLocal, utc} from '../../src/ical/zone.ts';
import {at, iso, vcalendar} from './text.ts';

const berlinRules = [
  'BEGIN:DAYLIGHT',
  'DTSTART:19810329T020000',
  'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'END:DAYLIGHT',
  'BEGIN:STANDARD',
  'DTSTART:19961027T030000',
  'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'END:STANDARD',
];

const timezone = (tzid: string, ...lines: string[]) =>
  parseCalendar(vcalendar('BEGIN:VTIMEZONE', `TZID:${tzid}`, ...lines, 'END:VTIMEZONE'));

describe.each([
  ['IANA', ianaZone('Europe/Berlin')!],
  ['VTIMEZONE', zonesOf(timezone('Mine', ...berlinRules))('Mine')!],
])('Central European time by %s', (_, zone) => {
  test.each([
    ['in winter', '20260115T120000', '2026-01-15T11:00:00Z'],
    ['in summer', '20260715T120000', '2026-07-15T10:00:00Z'],
    ['before the gap', '20260329T015959', '2026-03-29T00:59:59Z'],
    ['in the gap: by the offset before it (RFC 5545 §3.3.5)', '20260329T023000', '2026-03-29T01:30:00Z'],
    ['after the gap', '20260329T030000', '2026-03-29T01:00:00Z'],
    ['in the overlap: the first of the two', '20261025T023000', '2026-10-25T00:30:00Z'],
    ['after the overlap', '20261025T030000', '2026-10-25T02:00:00Z'],
    ['far away', '20990701T120000', '2099-07-01T10:00:00Z'],
  ])('%s', (_name, local, expected) => {
    expect(iso(toInstant(at(local), zone))).toBe(expected);
  });

  test('every instant is shown by some local time, and comes back from it outside overlaps', () => {
    fc.assert(
      fc.property(fc.integer({min: at('20000101') / 1000, max: at('20500101') / 1000}), seconds => {
        const instant = seconds * 1000;
        const back = toInstant(toLocal(instant, zone), zone);
        expect([0, 3_600_000]).toContain(instant - back);
        expect(toLocal(back, zone)).toBe(toLocal(instant, zone));
      }),
    );
  });
});

test('the two ways of describing one zone agree, hour by hour around each change', () => {
  const one = ianaZone('Europe/Berlin')!;
  const other = zonesOf(timezone('Mine', ...berlinRules))('Mine')!;
  const apart: string[] = [];
  for (let year = 2000; year < 2060; year++) {
    for (const month of [2, 9]) {
      for (let hour = 0; hour < 24 * 31; hour++) {
        const instant = Date.UTC(year, month, 1, hour);
        if (other.offsetAt(instant) !== one.offsetAt(instant)) apart.push(iso(instant));
      }
    }
  }
  expect(apart).toEqual([]);
});

describe('what a TZID means', () => {
  test.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['W. Europe Standard Time', 'Europe/Berlin'],
    ['/freeassociation.sourceforge.net/Tzfile/Europe/Berlin', 'Europe/Berlin'],
    ['/freeassociation.sourceforge.net/Europe/Berlin', 'Europe/Berlin'],
    ['/mozilla.org/20050126_1/America/Argentina/Ushuaia', 'America/Argentina/Ushuaia'],
    ['/mozilla.org/20070129_1/Europe/Berlin', 'Europe/Berlin'],
    ['/softwarestudio.org/Olson_20011030_5/America/New_York', 'America/New_York'],
    ['/citadel.org/20210210_1/Asia/Ho_Chi_Minh', 'Asia/Ho_Chi_Minh'],
    ['/freeassociation.sourceforge.net/America/Indiana/Indianapolis', 'America/Indiana/Indianapolis'],
    ['/example.org/tz/UTC', 'Etc/UTC'],
    ['"Europe/Berlin"', 'Europe/Berlin'],
    [' Europe/Berlin ', 'Europe/Berlin'],
    ['US/Pacific', 'America/Los_Angeles'],
    ['Asia/Calcutta', 'Asia/Kolkata'],
    ['GMT Standard Time', 'Europe/London'],
    ['FLE Standard Time', 'Europe/Kyiv'],
    ['India Standard Time', 'Asia/Kolkata'],
    ['AUS Eastern Standard Time', 'Australia/Sydney'],
    ['(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna', 'Europe/Brussels'],
    ['(GMT+01.00) Amsterdam / Berlin / Bern / Rome / Stockholm / Vienna', 'Europe/Brussels'],
    ['(UTC-05:00) Eastern Time (US & Canada)', 'America/New_York'],
    ['(GMT-08:00) Pacific Time (US & Canada)', 'America/Los_Angeles'],
    ['(UTC) Coordinated Universal Time', 'Etc/UTC'],
    ['tzone://Microsoft/Utc', 'Etc/UTC'],
    ['GMT', 'Etc/GMT'],
    ['(UTC+09:00) Osaka, Sapporo, Tokyo', 'Asia/Tokyo'],
    ['(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi', 'Asia/Kolkata'],
    ['EST', 'America/Panama'],
    ['GMT-0500', '-05:00'],
    ['UTC', 'Etc/UTC'],
    ['GMT+0130', '+01:30'],
  ])('%s', (tzid, id) => {
    expect(zoneByName(tzid)?.id).toBe(id);
  });

  test.each(['', 'nowhere', '../../etc/passwd', '/', 'x'.repeat(10_000)])('%j is unknown', tzid => {
    expect(zoneByName(tzid)).toBeUndefined();
  });

  test('every one of Windows leads to a zone that is there', () => {
    for (const [name, id] of Object.entries(windowsZones)) expect(ianaZone(id), name).toBeDefined();
  });

  test('the VTIMEZONE in the object counts before the name', () => {
    const own = timezone(
      'Europe/Berlin',
      'BEGIN:STANDARD',
      'DTSTART:19700101T000000',
      'TZOFFSETFROM:+0500',
      'TZOFFSETTO:+0500',
      'END:STANDARD',
    );
    expect(zonesOf(own)('Europe/Berlin')!.offsetAt(0)).toBe(5 * 3_600_000);
    expect(zonesOf(own)('Europe/Paris')!.offsetAt(0)).toBe(3_600_000);
  });

  test('one that describes nothing is known by its X-LIC-LOCATION, or its name', () => {
    const empty = timezone('Custom', 'X-LIC-LOCATION:Asia/Tokyo');
    expect(zonesOf(empty)('Custom')!.id).toBe('Asia/Tokyo');
    expect(zonesOf(timezone('Asia/Seoul'))('Asia/Seoul')!.id).toBe('Asia/Seoul');
  });

  test('RFC 4791 §5.2.2: a calendar-timezone is its one VTIMEZONE', () => {
    expect(calendarTimezone(timezone('Mine', ...berlinRules))!.offsetAt(at('20260701'))).toBe(7_200_000);
    expect(calendarTimezone(parseCalendar(vcalendar()))).toBeUndefined();
  });
});

describe('VTIMEZONEs of clients', () => {
  test('Outlook begins in 1601', () => {
    const zone = calendarTimezone(
      timezone(
        'Outlook',
        ...berlinRules.map(line =>
          line.startsWith('DTSTART') ? `DTSTART:1601${line.includes('T02') ? '0325T020000' : '1028T030000'}` : line,
        ),
      ),
    )!;
    expect(zone.offsetAt(at('20260701'))).toBe(7_200_000);
    expect(zone.offsetAt(at('20260101'))).toBe(3_600_000);
  });

  test('RDATE instead of a rule, seconds in an offset, an UNTIL', () => {
    const zone = calendarTimezone(
      timezone(
        'Odd',
        'BEGIN:STANDARD',
        'DTSTART:19000101T000000',
        'TZOFFSETFROM:+005328',
        'TZOFFSETTO:+0100',
        'END:STANDARD',
        'BEGIN:DAYLIGHT',
        'DTSTART:20000401T000000',
        'RDATE:20010401T000000,20020401T000000',
        'TZOFFSETFROM:+0100',
        'TZOFFSETTO:+0200',
        'END:DAYLIGHT',
        'BEGIN:STANDARD',
        'DTSTART:20001001T000000',
        'RRULE:FREQ=YEARLY;UNTIL=20020930T220000Z',
        'TZOFFSETFROM:+0200',
        'TZOFFSETTO:+0100',
        'END:STANDARD',
      ),
    )!;
    const hours = (time: string) => zone.offsetAt(at(time)) / 3_600_000;
    expect(zone.offsetAt(at('18990101'))).toBe((53 * 60 + 28) * 1000);
    expect(['20000701', '20010101', '20010701', '20020701', '20030101', '20030701'].map(hours)).toEqual([2, 1, 2, 2, 1, 1]);
  });

  test('one with a rule for every second is bounded', () => {
    const start = performance.now();
    const zone = calendarTimezone(
      timezone(
        'Hurt',
        'BEGIN:STANDARD',
        'DTSTART:19700101T000000',
        'RRULE:FREQ=SECONDLY',
        'TZOFFSETFROM:+0000',
        'TZOFFSETTO:+0100',
        'END:STANDARD',
      ),
    )!;
    expect(zone.offsetAt(at('99990101'))).toBe(3_600_000);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

test('UTC is as it is', () => {
  expect(toInstant(at('20260101'), utc)).toBe(at('20260101'));
  expect(toLocal(at('20260101'), utc)).toBe(at('20260101'));
});

describe('what is meant to hurt', () => {
  test('of a great many VTIMEZONEs the first are read', () => {
    const offset = 'BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0500\r\nTZOFFSETTO:+0500\r\nEND:STANDARD';
    const names = Array.from({length: 100}, (_, at) => `zone ${at}`);
    const findZone = zonesOf(
      parseCalendar(vcalendar(...names.flatMap(name => ['BEGIN:VTIMEZONE', `TZID:${name}`, offset, 'END:VTIMEZONE']))),
    );
    expect(names.filter(name => findZone(name)).length).toBe(16);
  });

  test('an instant that no Date can say has an offset', () => {
    expect(ianaZone('Europe/Berlin')!.offsetAt(1e17)).toBeGreaterThan(0);
    expect(ianaZone('Europe/Berlin')!.offsetAt(-Infinity)).toBeGreaterThan(0);
  });
});
