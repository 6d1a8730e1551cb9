import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {overlaps} from '../../src/base/time-range.ts';
import {expand} from '../../src/ical/expand.ts';
import {indexObject} from '../../src/ical/object-index.ts';
import {type Calendar, parseCalendar} from '../../src/ical/parse.ts';
import {at, component, event, iso, vcalendar} from './text.ts';

const spans = (calendar: Calendar) => indexObject(calendar, {horizon: at('20270101')}).spans.map(({start, end}) => [start, end]);
const parse = (name: string, ...lines: string[]) => parseCalendar(vcalendar(...component(name, ...lines)));

/** Whether RFC 4791 §9.9 finds the component in a range, by its index. */
function isFound(calendar: Calendar, start: string, end: string): boolean {
  const range = {start: start ? at(start) : -Infinity, end: end ? at(end) : Infinity};
  return indexObject(calendar).spans.some(span => overlaps(span, range));
}

describe('RFC 4791 §9.9, VEVENT', () => {
  test.each([
    ['DTEND', ['DTSTART:20260110T100000Z', 'DTEND:20260110T120000Z'], '20260110T100000', '20260110T120000'],
    ['DURATION', ['DTSTART:20260110T100000Z', 'DURATION:PT2H'], '20260110T100000', '20260110T120000'],
    ['DURATION of zero', ['DTSTART:20260110T100000Z', 'DURATION:PT0S'], '20260110T100000', '20260110T100000'],
    ['neither', ['DTSTART:20260110T100000Z'], '20260110T100000', '20260110T100000'],
    ['neither, a DATE', ['DTSTART;VALUE=DATE:20260110'], '20260110', '20260111'],
    ['DTEND, DATEs', ['DTSTART;VALUE=DATE:20260110', 'DTEND;VALUE=DATE:20260113'], '20260110', '20260113'],
    ['an end before the start', ['DTSTART:20260110T100000Z', 'DTEND:20260109T100000Z'], '20260110T100000', '20260110T100000'],
  ])('%s', (_, lines, start, end) => {
    expect(spans(event(...lines))).toEqual([[at(start), at(end)]]);
  });

  test('the start is in the range, the end is not; an instant counts at the start of a range', () => {
    const hour = event('DTSTART:20260110T100000Z', 'DTEND:20260110T110000Z');
    expect(isFound(hour, '20260110T110000', '20260110T120000')).toBe(false);
    expect(isFound(hour, '20260110T090000', '20260110T100000')).toBe(false);
    expect(isFound(hour, '20260110T105959', '')).toBe(true);
    const instant = event('DTSTART:20260110T100000Z');
    expect(isFound(instant, '20260110T100000', '20260110T110000')).toBe(true);
    expect(isFound(instant, '20260110T090000', '20260110T100000')).toBe(false);
  });

  test('floating times are marked, and given as if in UTC', () => {
    const index = indexObject(event('DTSTART:20260110T100000'));
    expect(index.spans).toEqual([{start: at('20260110T100000'), end: at('20260110T100000'), floating: true}]);
    expect(indexObject(event('DTSTART;TZID=Europe/Berlin:20260110T100000')).spans[0]).toMatchObject({
      start: at('20260110T090000'),
      floating: false,
    });
  });

  test('alarms are left out', () => {
    const calendar = event('DTSTART:20260110T100000Z', 'BEGIN:VALARM', 'ACTION:AUDIO', 'TRIGGER:-P5D', 'END:VALARM');
    expect(spans(calendar)).toEqual([[at('20260110T100000'), at('20260110T100000')]]);
  });
});

describe('RFC 4791 §9.9, VTODO: the table of its cases', () => {
  const before = ['20260101', '20260105'] as const;
  const touchesStart = ['20260101', '20260110'] as const;
  const inside = ['20260111', '20260112'] as const;
  const atEnd = ['20260115', '20260120'] as const;
  const after = ['20260116', '20260120'] as const;

  test.each([
    // DTSTART is 10 January, DUE or DURATION 15 January; which of the five ranges find it is read off the table.
    ['DTSTART and DURATION', ['DTSTART:20260110T000000Z', 'DURATION:P5D'], [false, false, true, true, false]],
    ['DTSTART and DUE', ['DTSTART:20260110T000000Z', 'DUE:20260115T000000Z'], [false, false, true, false, false]],
    ['DTSTART alone', ['DTSTART:20260111T120000Z'], [false, false, true, false, false]],
    ['DUE alone', ['DUE:20260110T000000Z'], [false, true, false, false, false]],
    ['COMPLETED and CREATED', ['CREATED:20260110T000000Z', 'COMPLETED:20260115T000000Z'], [false, true, true, true, false]],
    ['COMPLETED alone', ['COMPLETED:20260110T000000Z'], [false, true, false, false, false]],
    ['COMPLETED alone, at the start of a range', ['COMPLETED:20260115T000000Z'], [false, false, false, true, false]],
    ['CREATED alone', ['CREATED:20260110T000000Z'], [false, false, true, true, true]],
    ['none of them', [], [true, true, true, true, true]],
    ['DTSTART and DUE at one time', ['DTSTART:20260110T000000Z', 'DUE:20260110T000000Z'], [false, true, false, false, false]],
  ])('%s', (_, lines, expected) => {
    const todo = parse('VTODO', ...lines);
    expect([before, touchesStart, inside, atEnd, after].map(([start, end]) => isFound(todo, start, end))).toEqual(expected);
  });

  test('one without any time is in every range', () => {
    expect(spans(parse('VTODO'))).toEqual([[-Infinity, Infinity]]);
  });
});

describe('RFC 4791 §9.9, VJOURNAL and VFREEBUSY', () => {
  test('a journal entry is an instant, or a day, or in no range', () => {
    expect(spans(parse('VJOURNAL', 'DTSTART:20260110T100000Z'))).toEqual([[at('20260110T100000'), at('20260110T100000')]]);
    expect(spans(parse('VJOURNAL', 'DTSTART;VALUE=DATE:20260110'))).toEqual([[at('20260110'), at('20260111')]]);
    expect(spans(parse('VJOURNAL'))).toEqual([]);
  });

  test('busy time is from its start to its end, the end included, or else its periods', () => {
    const whole = parse('VFREEBUSY', 'DTSTART:20260110T000000Z', 'DTEND:20260111T000000Z', 'FREEBUSY:20260110T100000Z/PT1H');
    expect(isFound(whole, '20260111', '20260112')).toBe(true);
    const periods = parse('VFREEBUSY', 'FREEBUSY:20260110T100000Z/PT1H,20260112T100000Z/20260112T110000Z');
    expect(spans(periods)).toEqual([
      [at('20260110T100000'), at('20260110T110000')],
      [at('20260112T100000'), at('20260112T110000')],
    ]);
  });
});

describe('indexObject', () => {
  test('uid and type are those of what is no VTIMEZONE', () => {
    const calendar = parseCalendar(vcalendar('BEGIN:VTIMEZONE', 'TZID:X', 'END:VTIMEZONE', ...component('VTODO')));
    expect(indexObject(calendar)).toMatchObject({uid: '1', component: 'VTODO'});
  });

  test('an object without a UID has no index', () => {
    expect(() => indexObject(parseCalendar(vcalendar('BEGIN:VEVENT', 'DTSTART:20260101T000000Z', 'END:VEVENT')))).toThrow(
      'no component',
    );
  });

  test('a series without an end is followed to the horizon, and some way beyond where that is near', () => {
    const daily = indexObject(event('DTSTART:20260101T100000Z', 'RRULE:FREQ=DAILY'), {horizon: at('20270101')});
    expect(daily.horizon).toBeGreaterThan(at('20261230'));
    expect(daily.spans.length).toBeGreaterThan(364);
    const yearly = indexObject(event('DTSTART:20260101T100000Z', 'RRULE:FREQ=YEARLY'), {horizon: at('20270101')});
    expect(yearly.spans).toHaveLength(100);
    expect(iso(yearly.horizon!).slice(0, 4)).toBe('2125');
  });

  test('one with an end is known wholly', () => {
    expect(indexObject(event('DTSTART:20260101T100000Z', 'RRULE:FREQ=DAILY;COUNT=730'), {horizon: at('20290101')})).toMatchObject(
      {horizon: undefined},
    );
    expect(indexObject(event('DTSTART:20260101T100000Z')).horizon).toBeUndefined();
  });

  test.each([
    'FREQ=SECONDLY',
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=SECONDLY;COUNT=999999999',
    'FREQ=YEARLY;BYDAY=1MO;BYYEARDAY=300',
    'FREQ=DAILY;INTERVAL=999999999',
  ])('%s costs little, and leaves nothing out before the horizon', rule => {
    const calendar = event('DTSTART:20260101T100000Z', `RRULE:${rule}`);
    const start = performance.now();
    const {spans: found, horizon} = indexObject(calendar);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(found.length).toBeLessThanOrEqual(5000);
    expect(found[0]!.start).toBe(at('20260101T100000'));
    if (rule.startsWith('FREQ=SECONDLY')) expect(horizon).toBeDefined();
  });

  test('10,000 overrides and EXDATEs', () => {
    const overrides = Array.from({length: 10_000}, (_, number) =>
      component(
        'VEVENT',
        `RECURRENCE-ID:${iso(at('20260101T100000') + number * 86_400_000).replace(/[-:]/g, '')}`,
        'DTSTART:20300101T000000Z',
      ),
    );
    const excluded = Array.from({length: 10_000}, (_, number) =>
      iso(at('20100101T100000') + number * 86_400_000).replace(/[-:]/g, ''),
    );
    const master = component('VEVENT', 'DTSTART:20260101T100000Z', 'RRULE:FREQ=DAILY', `EXDATE:${excluded.join(',')}`);
    const calendar = parseCalendar(vcalendar(...master, ...overrides.flat()));
    const start = performance.now();
    const index = indexObject(calendar);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(index.spans.length).toBeGreaterThan(1000);
  });

  test('its spans find what expansion finds, wherever they claim to be complete', () => {
    const rule = fc.record({
      freq: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
      interval: fc.integer({min: 1, max: 40}),
      shift: fc.integer({min: -400, max: 400}),
      from: fc.integer({min: 0, max: 4000}),
      length: fc.integer({min: 1, max: 30}),
    });
    fc.assert(
      fc.property(rule, ({freq, interval, shift, from, length}) => {
        const moved = iso(at('20260201T100000') + shift * 86_400_000).replace(/[-:]/g, '');
        const calendar = parseCalendar(
          vcalendar(
            ...component('VEVENT', 'DTSTART:20260101T100000Z', 'DURATION:PT30H', `RRULE:FREQ=${freq};INTERVAL=${interval}`),
            ...component('VEVENT', 'RECURRENCE-ID;RANGE=THISANDFUTURE:20260201T100000Z', `DTSTART:${moved}`, 'DURATION:PT1H'),
          ),
        );
        const index = indexObject(calendar, {horizon: at('20280101'), minInstances: 5, maxInstances: 200});
        const start = at('20250101') + from * 86_400_000;
        const range = {start, end: start + length * 86_400_000};
        const wanted = expand(calendar, range)!.length > 0;
        const found = index.spans.some(span => overlaps(span, range));
        if (wanted) expect(found || (index.horizon !== undefined && range.end > index.horizon)).toBe(true);
        else expect(found).toBe(false);
      }),
      {numRuns: 300},
    );
  });
});
