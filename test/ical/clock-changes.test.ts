import {describe, expect, test} from 'vitest';
import {expand} from '../../src/ical/expand.ts';
import {busyPeriods, mergeBusy} from '../../src/ical/free-busy.ts';
import {ianaZone} from '../../src/ical/iana-zone.ts';
import {indexObject} from '../../src/ical/object-index.ts';
import {toInstant, toLocal, utc} from '../../src/ical/zone.ts';
import {at, event, iso} from './text.ts';

describe('RFC 5545 §3.3.5 local times that do not occur, or occur twice', () => {
  test.each([
    ['skipped: by the offset before', 'America/New_York', '20260308T023000', '2026-03-08T07:30:00Z'],
    ['the last before', 'America/New_York', '20260308T015959', '2026-03-08T06:59:59Z'],
    ['the first after', 'America/New_York', '20260308T030000', '2026-03-08T07:00:00Z'],
    ['twice: the first of the two', 'America/New_York', '20261101T013000', '2026-11-01T05:30:00Z'],
    ['half an hour skipped', 'Australia/Lord_Howe', '20261004T021500', '2026-10-03T15:45:00Z'],
    ['half an hour twice', 'Australia/Lord_Howe', '20260405T014500', '2026-04-04T14:45:00Z'],
    ['midnight skipped', 'Africa/Cairo', '20260424T003000', '2026-04-23T22:30:00Z'],
    ['midnight twice', 'Africa/Cairo', '20261029T233000', '2026-10-29T20:30:00Z'],
    ['a whole day skipped', 'Pacific/Apia', '20111230T120000', '2011-12-30T22:00:00Z'],
    ['the day after that', 'Pacific/Apia', '20111231T003000', '2011-12-30T10:30:00Z'],
    ['a day twice', 'Pacific/Kwajalein', '19690930T120000', '1969-09-30T01:00:00Z'],
    ['winter time that is behind the standard', 'Europe/Dublin', '20261025T013000', '2026-10-25T00:30:00Z'],
    ['summer time kept for good', 'America/Sao_Paulo', '20261101T003000', '2026-11-01T03:30:00Z'],
    ['seconds of local mean time', 'Europe/Amsterdam', '18500101T120000', '1850-01-01T11:42:30Z'],
  ])('%s: %s %s', (_, zone, local, expected) => {
    expect(iso(toInstant(at(local), ianaZone(zone)!))).toBe(expected);
  });

  test('every minute around a change comes back as itself, or after what was skipped', () => {
    for (const [name, day, skipped] of [
      ['Europe/Berlin', '20260329', 60],
      ['Europe/Berlin', '20261025', 0],
      ['Australia/Lord_Howe', '20261004', 30],
      ['Africa/Cairo', '20260424', 60],
    ] as const) {
      const zone = ianaZone(name)!;
      let moved = 0;
      for (let minute = 0; minute < 24 * 60; minute++) {
        const local = at(day) + minute * 60_000;
        if (toLocal(toInstant(local, zone), zone) !== local) moved++;
      }
      expect(moved, `${name} ${day}`).toBe(skipped);
    }
  });
});

describe('series over a change of the clocks', () => {
  const starts = (...lines: string[]) =>
    expand(event(...lines), {start: at('20260101'), end: at('20270101')}, {})!.map(({spans}) => iso(spans[0]!.start));

  test('daily at a time that occurs twice', () => {
    expect(starts('DTSTART;TZID=America/New_York:20261031T013000', 'RRULE:FREQ=DAILY;COUNT=3')).toEqual([
      '2026-10-31T05:30:00Z',
      '2026-11-01T05:30:00Z',
      '2026-11-02T06:30:00Z',
    ]);
  });

  test.each([
    ['DURATION', 'DTSTART;TZID=Europe/Berlin:20261024T023000', 'DURATION:PT1H'],
    ['DTEND', 'DTSTART;TZID=Europe/Berlin:20261024T023000', 'DTEND;TZID=Europe/Berlin:20261024T033000'],
  ])('what ends at a time that occurs for the second time takes as long as ever: %s', (_, ...lines) => {
    const range = {start: at('20260101'), end: at('20270101')};
    const spans = expand(event(...lines, 'RRULE:FREQ=DAILY;COUNT=3'), range, {})!.map(instance => instance.spans[0]!);
    expect(spans.map(({start, end}) => [iso(start), iso(end)])).toEqual([
      ['2026-10-24T00:30:00Z', '2026-10-24T01:30:00Z'],
      ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'],
      ['2026-10-26T01:30:00Z', '2026-10-26T02:30:00Z'],
    ]);
  });

  test.each([
    ['all of its hour', '20260329T020000', '20260329T030000', 'T01:00:00Z', 'T02:00:00Z', 'T00:00:00Z', 'T01:00:00Z'],
    ['to its middle', '20260329T023000', '20260329T030000', 'T01:30:00Z', 'T02:00:00Z', 'T00:30:00Z', 'T01:00:00Z'],
    ['beyond it', '20260329T023000', '20260329T040000', 'T01:30:00Z', 'T02:00:00Z', 'T00:30:00Z', 'T01:00:00Z'],
  ])('what starts at a time that is skipped has a length, and so has its series: %s', (_, from, to, ...expected) => {
    const lines = [`DTSTART;TZID=Europe/Berlin:${from}`, `DTEND;TZID=Europe/Berlin:${to}`];
    const [start, end, nextStart, nextEnd] = expected;
    const days = [`2026-03-29${start}`, `2026-03-29${end}`, `2026-03-30${nextStart}`, `2026-03-30${nextEnd}`];
    const series = event(...lines, 'RRULE:FREQ=DAILY;COUNT=2');
    const range = {start: at('20260301'), end: at('20260401')};
    const found = expand(series, range, {})!.flatMap(({spans}) => [iso(spans[0]!.start), iso(spans[0]!.end)]);
    expect(found).toEqual(days);
    expect(indexObject(series).spans.flatMap(span => [iso(span.start), iso(span.end)])).toEqual(days);
    const busy = mergeBusy(busyPeriods(series, range, utc)!).flatMap(period => [iso(period.start), iso(period.end)]);
    expect(busy).toEqual(days);
  });

  test('daily at a midnight that is skipped', () => {
    expect(starts('DTSTART;TZID=Africa/Cairo:20260423T000000', 'RRULE:FREQ=DAILY;COUNT=3')).toEqual([
      '2026-04-22T22:00:00Z',
      '2026-04-23T22:00:00Z',
      '2026-04-24T21:00:00Z',
    ]);
  });

  test('UNTIL in UTC counts the instant, not the clock', () => {
    expect(starts('DTSTART;TZID=Europe/Berlin:20261024T100000', 'RRULE:FREQ=DAILY;UNTIL=20261025T085959Z')).toHaveLength(1);
    expect(starts('DTSTART;TZID=Europe/Berlin:20261024T100000', 'RRULE:FREQ=DAILY;UNTIL=20261025T090000Z')).toHaveLength(2);
  });

  test('EXDATE finds an instance by its instant, in whatever zone it is said', () => {
    const series = ['DTSTART;TZID=Europe/Berlin:20260328T100000', 'RRULE:FREQ=DAILY;COUNT=3'];
    expect(starts(...series, 'EXDATE:20260329T080000Z')).toEqual(['2026-03-28T09:00:00Z', '2026-03-30T08:00:00Z']);
    expect(starts(...series, 'EXDATE;TZID=America/New_York:20260329T040000')).toHaveLength(2);
  });
});
