import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {overlaps} from '../../../src/base/time-range.ts';
import {candidatesFor, matchesIndex} from '../../../src/caldav/filter/candidates.ts';
import type {CompFilter} from '../../../src/caldav/filter/filter.ts';
import {matches} from '../../../src/caldav/filter/match.ts';
import {ianaZone} from '../../../src/ical/iana-zone.ts';
import {indexObject} from '../../../src/ical/object-index.ts';
import {parseCalendar} from '../../../src/ical/parse.ts';
import {utc} from '../../../src/ical/zone.ts';
import {at, component, event, iso, vcalendar} from '../../ical/text.ts';

const comp = (name: string, more: Partial<CompFilter> = {}): CompFilter => ({
  name,
  anyOf: false,
  isNotDefined: false,
  timeRange: undefined,
  propFilters: [],
  compFilters: [],
  ...more,
});
const within = (name: string, start: number, end: number) =>
  comp('vcalendar', {compFilters: [comp(name, {timeRange: {start, end}})]});

describe('candidatesFor', () => {
  test('the type and the time that are asked for', () => {
    expect(candidatesFor(within('vevent', 1, 2))).toEqual({component: 'VEVENT', range: {start: 1, end: 2}});
    expect(candidatesFor(comp('vcalendar', {compFilters: [comp('vtodo')]}))).toEqual({component: 'VTODO', range: undefined});
  });

  test('the time of an alarm says nothing of the event', () => {
    const filter = comp('vcalendar', {
      compFilters: [comp('vevent', {compFilters: [comp('valarm', {timeRange: {start: 1, end: 2}})]})],
    });
    expect(candidatesFor(filter)).toEqual({component: 'VEVENT', range: undefined});
  });

  test('what must not be there, and time zones, say nothing', () => {
    expect(candidatesFor(comp('vcalendar', {compFilters: [comp('vevent', {isNotDefined: true}), comp('vtimezone')]}))).toEqual({
      component: undefined,
      range: undefined,
    });
  });

  test('of alternatives, what holds them all; where one says nothing, or asks for more than a time, none is left out', () => {
    const everything = {component: undefined, range: undefined};
    const inTime = (name: string, start: number, end: number) => comp(name, {timeRange: {start, end}});
    const either = (...compFilters: CompFilter[]) => candidatesFor(comp('vcalendar', {anyOf: true, compFilters}));
    expect(either(inTime('vevent', 1, 2), inTime('vtodo', 5, 9))).toEqual({component: undefined, range: {start: 1, end: 9}});
    expect(either(inTime('vevent', 5, 9), inTime('vevent', 1, 6))).toEqual({component: 'VEVENT', range: {start: 1, end: 9}});
    expect(either(inTime('vevent', 1, 2), comp('vtodo'))).toEqual(everything);
    expect(either(inTime('vevent', 1, 2), comp('vtodo', {isNotDefined: true}))).toEqual(everything);
    expect(either(inTime('*', 1, 2))).toEqual({component: undefined, range: {start: 1, end: 2}});
    expect(either(comp('vevent', {anyOf: true, timeRange: {start: 1, end: 2}, compFilters: [comp('valarm')]}))).toEqual({
      component: 'VEVENT',
      range: undefined,
    });
    expect(either()).toEqual(everything);
  });
});

describe('matchesIndex', () => {
  const basic = (day: number) => iso(at('20260101') + day * 86_400_000).replace(/[-:]/g, '');
  const lines = fc.oneof(
    fc
      .record({day: fc.integer({min: 0, max: 60}), hours: fc.integer({min: 0, max: 72})})
      .map(({day, hours}) => [`DTSTART:${basic(day)}`, `DURATION:PT${hours}H`]),
    fc.record({day: fc.integer({min: 0, max: 60})}).map(({day}) => [`DTSTART;VALUE=DATE:${basic(day).slice(0, 8)}`]),
    fc.record({day: fc.integer({min: 0, max: 60})}).map(({day}) => [`DTSTART:${basic(day).slice(0, 15)}`, 'DURATION:PT3H']),
    fc
      .record({day: fc.integer({min: 0, max: 60}), interval: fc.integer({min: 1, max: 9})})
      .map(({day, interval}) => [
        `DTSTART;TZID=America/New_York:${basic(day).slice(0, 15)}`,
        'DURATION:PT90M',
        `RRULE:FREQ=DAILY;INTERVAL=${interval}`,
      ]),
  );

  test('says what reading the object would say, or nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('VEVENT', 'VTODO', 'VJOURNAL'),
        lines,
        fc.integer({min: -48, max: 1600}),
        fc.integer({min: 1, max: 48}),
        fc.constantFrom(utc, ianaZone('Asia/Tokyo')!, ianaZone('Pacific/Honolulu')!),
        (type, properties, hour, hours, zone) => {
          const calendar = parseCalendar(vcalendar(...component(type, ...properties)));
          const start = at('20260101') + hour * 3_600_000;
          const filter = within(type.toLowerCase(), start, start + hours * 3_600_000);
          const index = indexObject(calendar, {horizon: at('20260301')});
          expect(matchesIndex(index, filter, zone)).toBe(matches(calendar, filter, zone));
          // And the store, which gives floating ones 14 hours to spare, leaves none out.
          const asked = candidatesFor(filter).range!;
          const spare = (floating: boolean) => (floating ? 14 * 3_600_000 : 0);
          const offered = index.spans.some(span =>
            overlaps(span, {start: asked.start - spare(span.floating), end: asked.end + spare(span.floating)}),
          );
          if (matches(calendar, filter, zone)) expect(offered).toBe(true);
        },
      ),
      {numRuns: 400},
    );
  });

  test('beyond the horizon, or asked for more than type and time, the object must be read', () => {
    const index = indexObject(event('DTSTART:20260101T100000Z', 'RRULE:FREQ=DAILY'), {horizon: at('20260301')});
    expect(matchesIndex(index, within('vevent', at('20400101T120000'), at('20400101T130000')), utc)).toBeUndefined();
    expect(matchesIndex(index, within('vtodo', at('20400101T120000'), at('20400101T130000')), utc)).toBe(false);
    const summary = {
      name: 'summary',
      anyOf: false,
      isNotDefined: false,
      timeRange: undefined,
      textMatch: undefined,
      paramFilters: [],
    };
    expect(
      matchesIndex(index, comp('vcalendar', {compFilters: [comp('vevent', {propFilters: [summary]})]}), utc),
    ).toBeUndefined();
    expect(matchesIndex(index, comp('vcalendar'), utc)).toBe(true);
  });
});
