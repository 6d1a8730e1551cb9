import {describe, expect, test} from 'vitest';
import {expand} from '../../src/ical/expand.ts';
import {ianaZone} from '../../src/ical/iana-zone.ts';
import {textOf} from '../../src/ical/jcal.ts';
import {type Calendar, parseCalendar} from '../../src/ical/parse.ts';
import type {Zone} from '../../src/ical/zone.ts';
import {at, component, event, iso, vcalendar} from './text.ts';

/** The instances as `start/end` in UTC, with the summary where there is one. */
function instances(calendar: Calendar, start = '19000101', end = '21000101', zone?: Zone): string[] {
  return expand(calendar, {start: at(start), end: at(end)}, {zone})!.map(({spans, component: of}) => {
    const summary = textOf(of, 'summary');
    const span = `${iso(spans[0]!.start)}/${iso(spans[0]!.end)}`.replace(/[-:]/g, '');
    return summary === undefined ? span : `${span} ${summary}`;
  });
}

const series = (...parts: string[][]) => parseCalendar(vcalendar(...parts.flatMap(lines => component('VEVENT', ...lines))));
const daily = ['DTSTART:20260101T100000Z', 'DTEND:20260101T110000Z', 'SUMMARY:master'];

describe('time zones', () => {
  test('a series keeps its local time over a change of the clocks', () => {
    const calendar = event('DTSTART;TZID=Europe/Berlin:20260328T100000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=3');
    expect(instances(calendar)).toEqual([
      '20260328T090000Z/20260328T100000Z',
      '20260329T080000Z/20260329T090000Z',
      '20260330T080000Z/20260330T090000Z',
    ]);
  });

  test('a time that the clocks skip is read with the offset before', () => {
    const calendar = event('DTSTART;TZID=Europe/Berlin:20260328T023000', 'RRULE:FREQ=DAILY;COUNT=3');
    expect(instances(calendar).map(each => each.split('/')[0])).toEqual([
      '20260328T013000Z',
      '20260329T013000Z',
      '20260330T003000Z',
    ]);
  });

  test('a time that the clocks show twice is the first of them', () => {
    const calendar = event('DTSTART;TZID=Europe/Berlin:20261024T023000', 'RRULE:FREQ=DAILY;COUNT=3');
    expect(instances(calendar).map(each => each.split('/')[0])).toEqual([
      '20261024T003000Z',
      '20261025T003000Z',
      '20261026T013000Z',
    ]);
  });

  test('what lasts over a change of the clocks lasts as long as it says', () => {
    const night = event('DTSTART;TZID=Europe/Berlin:20261024T233000', 'DURATION:PT8H', 'RRULE:FREQ=DAILY;COUNT=2');
    expect(instances(night)).toEqual(['20261024T213000Z/20261025T053000Z', '20261025T223000Z/20261026T063000Z']);
  });

  test('where the clocks skip an hour, an hourly series has each instant once', () => {
    const starts = (rule: string) =>
      instances(event('DTSTART;TZID=Europe/Berlin:20260329T003000', `RRULE:${rule}`), '20260329', '20260330').map(
        each => each.split('/')[0],
      );
    const hourly = starts('FREQ=HOURLY;UNTIL=20260329T030000Z');
    expect(hourly).toEqual(['20260329T003000Z', '20260329T013000Z', '20260329T023000Z']);
    const minutely = starts('FREQ=MINUTELY;INTERVAL=20;UNTIL=20260329T030000Z');
    expect(new Set(minutely).size).toBe(minutely.length);
  });

  test('an EXDATE in UTC meets a time that is skipped', () => {
    const lines = ['DTSTART;TZID=Europe/Berlin:20260328T023000', 'RRULE:FREQ=DAILY;COUNT=3', 'EXDATE:20260329T013000Z'];
    expect(instances(event(...lines))).toHaveLength(2);
  });

  test('DTEND keeps its exact distance, DURATION counts days by the calendar (RFC 5545 §3.8.5.3)', () => {
    const night = ['DTSTART;TZID=Europe/Berlin:20260327T220000', 'RRULE:FREQ=DAILY;COUNT=2'];
    expect(instances(event(...night, 'DTEND;TZID=Europe/Berlin:20260328T220000'))[1]).toBe('20260328T210000Z/20260329T210000Z');
    expect(instances(event(...night, 'DURATION:P1D'))[1]).toBe('20260328T210000Z/20260329T200000Z');
    expect(instances(event(...night, 'DURATION:PT24H'))[1]).toBe('20260328T210000Z/20260329T210000Z');
  });

  test('start and end may have zones of their own', () => {
    const flight = event(
      'DTSTART;TZID=Europe/Berlin:20260701T100000',
      'DTEND;TZID=America/New_York:20260701T130000',
      'RRULE:FREQ=WEEKLY;COUNT=2',
    );
    expect(instances(flight)).toEqual(['20260701T080000Z/20260701T170000Z', '20260708T080000Z/20260708T170000Z']);
  });

  test('floating times and DATEs lie in the zone that is given', () => {
    const zone = ianaZone('Asia/Tokyo')!;
    expect(instances(event('DTSTART:20260101T100000'), undefined, undefined, zone)).toEqual([
      '20260101T010000Z/20260101T010000Z',
    ]);
    expect(instances(event('DTSTART;VALUE=DATE:20260102'), undefined, undefined, zone)).toEqual([
      '20260101T150000Z/20260102T150000Z',
    ]);
  });

  test('UNTIL in UTC is compared in the zone of the start', () => {
    const calendar = event('DTSTART;TZID=America/Los_Angeles:20260101T200000', 'RRULE:FREQ=DAILY;UNTIL=20260103T040000Z');
    expect(instances(calendar)).toHaveLength(2);
  });

  test.each([
    ['DTSTART;VALUE=DATE:20260101', 'UNTIL=20260103', 3],
    ['DTSTART;VALUE=DATE:20260101', 'UNTIL=20260103T235959Z', 3],
    ['DTSTART:20260101T100000Z', 'UNTIL=20260103', 3],
    ['DTSTART:20260101T100000', 'UNTIL=20260103T100000', 3],
    ['DTSTART:20260101T100000', 'UNTIL=20260103T095959', 2],
  ])('%s with %s: the last day that is meant is in', (start, until, count) => {
    expect(instances(event(start, `RRULE:FREQ=DAILY;${until}`))).toHaveLength(count);
  });
});

describe('RFC 5545 §3.8.5.1, EXDATE in the forms that clients send', () => {
  test.each([
    'EXDATE:20260102T100000Z',
    'EXDATE;TZID=Europe/Berlin:20260102T110000',
    'EXDATE:20260102T100000',
    'EXDATE;VALUE=DATE:20260102',
    'EXDATE:20260102',
    'EXDATE;VALUE=DATE;TZID=Europe/Berlin:20260102',
    'EXDATE:20250101T000000Z,20260102T100000Z',
  ])('%s', line => {
    expect(instances(event(...daily, 'RRULE:FREQ=DAILY;COUNT=3', line))).toEqual([
      '20260101T100000Z/20260101T110000Z master',
      '20260103T100000Z/20260103T110000Z master',
    ]);
  });

  test('of a series of DATEs', () => {
    for (const line of ['EXDATE;VALUE=DATE:20260102', 'EXDATE:20260102T000000Z', 'EXDATE:20260102T000000']) {
      expect(instances(event('DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=DAILY;COUNT=3', line)), line).toEqual([
        '20260101T000000Z/20260102T000000Z',
        '20260103T000000Z/20260104T000000Z',
      ]);
    }
  });

  test('the first instance can be excluded, and all of them', () => {
    expect(instances(event(...daily, 'RRULE:FREQ=DAILY;COUNT=2', 'EXDATE:20260101T100000Z'))).toHaveLength(1);
    expect(instances(event(...daily, 'RRULE:FREQ=DAILY;COUNT=1', 'EXDATE:20260101T100000Z'))).toEqual([]);
  });
});

describe('RFC 5545 §3.8.5.2, RDATE', () => {
  test('adds to the start, or to a rule, each time once', () => {
    expect(instances(event(...daily, 'RDATE:20260110T100000Z,20260105T100000Z'))).toEqual([
      '20260101T100000Z/20260101T110000Z master',
      '20260105T100000Z/20260105T110000Z master',
      '20260110T100000Z/20260110T110000Z master',
    ]);
    expect(instances(event(...daily, 'RRULE:FREQ=DAILY;COUNT=2', 'RDATE:20260102T100000Z'))).toHaveLength(2);
  });

  test('PERIOD has an end of its own, as a time or a duration', () => {
    const calendar = event(...daily, 'RDATE;VALUE=PERIOD:20260105T100000Z/PT5H,20260106T100000Z/20260106T103000Z');
    expect(instances(calendar).slice(1)).toEqual([
      '20260105T100000Z/20260105T150000Z master',
      '20260106T100000Z/20260106T103000Z master',
    ]);
  });

  test('DATE for a series of DATE-TIMEs is taken at the time of the start', () => {
    expect(instances(event(...daily, 'RDATE;VALUE=DATE:20260105'))[1]).toBe('20260105T100000Z/20260105T110000Z master');
  });

  test('EXRULE of RFC 2445 takes away', () => {
    expect(
      instances(event(...daily, 'RRULE:FREQ=DAILY;COUNT=5', 'EXRULE:FREQ=DAILY;INTERVAL=2')).map(each => each.slice(6, 8)),
    ).toEqual(['02', '04']);
  });
});

describe('RFC 5545 §3.8.4.4, RECURRENCE-ID', () => {
  const rule = [...daily, 'RRULE:FREQ=DAILY;COUNT=4'];

  test.each([
    'RECURRENCE-ID:20260102T100000Z',
    'RECURRENCE-ID;TZID=Europe/Berlin:20260102T110000',
    'RECURRENCE-ID;VALUE=DATE:20260102',
  ])('%s stands for one instance', id => {
    const calendar = series(rule, [id, 'DTSTART:20260102T150000Z', 'DURATION:PT2H', 'SUMMARY:moved']);
    expect(instances(calendar)).toEqual([
      '20260101T100000Z/20260101T110000Z master',
      '20260102T150000Z/20260102T170000Z moved',
      '20260103T100000Z/20260103T110000Z master',
      '20260104T100000Z/20260104T110000Z master',
    ]);
  });

  test('one that is moved far away is found where it is, and nowhere else', () => {
    const calendar = series(rule, ['RECURRENCE-ID:20260102T100000Z', 'DTSTART:20300101T100000Z', 'SUMMARY:far']);
    expect(instances(calendar, '20260102', '20260103')).toEqual([]);
    expect(instances(calendar, '20300101', '20300102')).toEqual(['20300101T100000Z/20300101T100000Z far']);
  });

  test('overrides without a master are instances (orphans)', () => {
    const calendar = series(
      ['RECURRENCE-ID:20260102T100000Z', 'DTSTART:20260102T150000Z', 'SUMMARY:a'],
      ['RECURRENCE-ID:20260103T100000Z', 'DTSTART:20260103T150000Z', 'SUMMARY:b'],
    );
    expect(instances(calendar)).toEqual(['20260102T150000Z/20260102T150000Z a', '20260103T150000Z/20260103T150000Z b']);
  });

  test('one of an instance that EXDATE excludes is excluded', () => {
    const calendar = series([...rule, 'EXDATE:20260102T100000Z'], ['RECURRENCE-ID:20260102T100000Z', 'DTSTART:20260102T150000Z']);
    expect(instances(calendar)).toHaveLength(3);
  });

  test('RANGE=THISANDFUTURE moves, and says what they are, all that follow', () => {
    const calendar = series(rule, [
      'RECURRENCE-ID;RANGE=THISANDFUTURE:20260102T100000Z',
      'DTSTART:20260102T153000Z',
      'DURATION:PT30M',
      'SUMMARY:later',
    ]);
    expect(instances(calendar)).toEqual([
      '20260101T100000Z/20260101T110000Z master',
      '20260102T153000Z/20260102T160000Z later',
      '20260103T153000Z/20260103T160000Z later',
      '20260104T153000Z/20260104T160000Z later',
    ]);
  });

  test('with a later one, and a single override among them', () => {
    const calendar = series(
      rule,
      ['RECURRENCE-ID;RANGE=THISANDFUTURE:20260102T100000Z', 'DTSTART:20260103T100000Z', 'SUMMARY:a day on'],
      ['RECURRENCE-ID:20260103T100000Z', 'DTSTART:20260103T080000Z', 'SUMMARY:alone'],
      ['RECURRENCE-ID;RANGE=THISANDFUTURE:20260104T100000Z', 'DTSTART:20260104T090000Z', 'SUMMARY:back'],
    );
    expect(instances(calendar).map(each => each.replace(/\/\S+/, ''))).toEqual([
      '20260101T100000Z master',
      '20260103T080000Z alone',
      '20260103T100000Z a day on',
      '20260104T090000Z back',
    ]);
  });

  test('they move by the clock, over a change of it', () => {
    const calendar = series(
      ['DTSTART;TZID=Europe/Berlin:20260327T100000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=4'],
      [
        'RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260328T100000',
        'DTSTART;TZID=Europe/Berlin:20260328T120000',
        'DURATION:PT2H',
      ],
    );
    expect(instances(calendar)).toEqual([
      '20260327T090000Z/20260327T100000Z',
      '20260328T110000Z/20260328T130000Z',
      '20260329T100000Z/20260329T120000Z',
      '20260330T100000Z/20260330T120000Z',
    ]);
  });

  test('they keep what EXDATE takes away, and COUNT', () => {
    const calendar = series(
      [...daily, 'RRULE:FREQ=DAILY;COUNT=4', 'EXDATE:20260103T100000Z'],
      ['RECURRENCE-ID;RANGE=THISANDFUTURE:20260102T100000Z', 'DTSTART:20260102T120000Z', 'SUMMARY:later'],
    );
    expect(instances(calendar).map(each => each.slice(0, 16))).toEqual([
      '20260101T100000Z',
      '20260102T120000Z',
      '20260104T120000Z',
    ]);
  });

  test('an orphan that is for all that follow is one instance: what follows is not known', () => {
    const calendar = series(['RECURRENCE-ID;RANGE=THISANDFUTURE:20260102T100000Z', 'DTSTART:20260102T120000Z', 'DURATION:PT1H']);
    expect(instances(calendar)).toEqual(['20260102T120000Z/20260102T130000Z']);
  });

  test('moved back by a year, they are still found', () => {
    const calendar = series(
      [...daily, 'RRULE:FREQ=DAILY'],
      ['RECURRENCE-ID;RANGE=THISANDFUTURE:20280101T100000Z', 'DTSTART:20270101T100000Z', 'SUMMARY:back'],
    );
    expect(instances(calendar, '20270601', '20270602').sort()).toEqual([
      '20270601T100000Z/20270601T100000Z back',
      '20270601T100000Z/20270601T110000Z master',
    ]);
  });

  test('an instance knows which it is', () => {
    const [first, second] = expand(series(rule, ['RECURRENCE-ID:20260102T100000Z', 'DTSTART:20260102T150000Z']), {
      start: at('20260101'),
      end: at('20260103'),
    })!;
    expect([first!.recurrenceId?.local, first!.explicit]).toEqual([at('20260101T100000'), false]);
    expect([second!.recurrenceId?.local, second!.explicit]).toEqual([at('20260102T100000'), true]);
    const [single] = expand(event(...daily), {start: at('20260101'), end: at('20260103')})!;
    expect(single!.recurrenceId).toBeUndefined();
  });
});

describe('a task that recurs without DTSTART recurs from its DUE', () => {
  const todos = (...parts: string[][]) => parseCalendar(vcalendar(...parts.flatMap(lines => component('VTODO', ...lines))));
  const due = (calendar: Calendar) =>
    expand(calendar, {start: at('20260102'), end: at('20260201')})!.map(({start, end}) => [start, iso(end!.local)]);
  const weekly = ['DUE:20260101T100000Z', 'RRULE:FREQ=WEEKLY;COUNT=4', 'EXDATE:20260115T100000Z'];

  test('each instance has a DUE and no start', () => {
    expect(due(todos(weekly))).toEqual([
      [undefined, '2026-01-08T10:00:00Z'],
      [undefined, '2026-01-22T10:00:00Z'],
    ]);
  });

  test('an override stands for one, or moves all that follow', () => {
    const moved = (id: string) => todos(weekly, [`RECURRENCE-ID${id}:20260108T100000Z`, 'DUE:20260109T110000Z']);
    expect(due(moved(''))).toEqual([
      [undefined, '2026-01-09T11:00:00Z'],
      [undefined, '2026-01-22T10:00:00Z'],
    ]);
    expect(due(moved(';RANGE=THISANDFUTURE'))).toEqual([
      [undefined, '2026-01-09T11:00:00Z'],
      [undefined, '2026-01-23T11:00:00Z'],
    ]);
  });
});

describe('ranges', () => {
  test('a long instance is found by what lies inside it', () => {
    const calendar = event('DTSTART:20260101T000000Z', 'DURATION:P90D', 'RRULE:FREQ=YEARLY');
    expect(instances(calendar, '20350301', '20350302')).toEqual(['20350101T000000Z/20350401T000000Z']);
    expect(instances(calendar, '20350501', '20350502')).toEqual([]);
  });

  test('a series without an end is found a thousand years on, at once', () => {
    const start = performance.now();
    expect(instances(event(...daily, 'RRULE:FREQ=DAILY'), '30260101', '30260102')).toHaveLength(1);
    expect(instances(event(...daily, 'RRULE:FREQ=SECONDLY'), '30260101', '30260101T010000')[0]).toContain('30260101');
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('more instances than the limit are not answered in part', () => {
    const calendar = event(...daily, 'RRULE:FREQ=DAILY');
    const range = {start: at('20260101'), end: at('20260111')};
    expect(expand(calendar, range, {limit: 10})).toHaveLength(10);
    expect(expand(calendar, range, {limit: 9})).toBeUndefined();
  });

  test.each(['RRULE:FREQ=YEARLY;UNTIL=99991231T235959Z', 'RRULE:FREQ=YEARLY'])('%s is there in the year 9999', rule => {
    const calendar = event('DTSTART:20260601T100000Z', 'DURATION:PT1H', rule);
    expect(instances(calendar, '99990101', '99991231T235959')).toEqual(['99990601T100000Z/99990601T110000Z']);
  });

  test('the last year there is', () => {
    expect(
      instances(event('DTSTART:99991231T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY'), '99990101', '99991231T235959'),
    ).toHaveLength(1);
  });
});
