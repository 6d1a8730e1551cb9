import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {type BusyPeriod, busyPeriods, freeBusyCalendar, mergeBusy} from '../../src/ical/free-busy.ts';
import {ianaZone} from '../../src/ical/iana-zone.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {printCalendar} from '../../src/ical/print.ts';
import {utc} from '../../src/ical/zone.ts';
import {at, component, event, vcalendar} from './text.ts';

const range = {start: at('20260101'), end: at('20260201')};
const hour = ['DTSTART:20260110T100000Z', 'DURATION:PT1H'];

describe('RFC 4791 §7.10, what makes time busy', () => {
  test.each([
    ['nothing said', [], 'BUSY'],
    ['TRANSP:OPAQUE', ['TRANSP:OPAQUE'], 'BUSY'],
    ['TRANSP:TRANSPARENT', ['TRANSP:TRANSPARENT'], undefined],
    ['STATUS:CONFIRMED', ['STATUS:CONFIRMED'], 'BUSY'],
    ['STATUS:TENTATIVE', ['STATUS:TENTATIVE'], 'BUSY-TENTATIVE'],
    ['STATUS:CANCELLED', ['STATUS:CANCELLED'], undefined],
    ['a status in lower case', ['STATUS:cancelled'], undefined],
  ])('%s', (_, lines, type) => {
    expect(busyPeriods(event(...hour, ...lines), range, utc)!.map(period => period.type)).toEqual(type ? [type] : []);
  });

  test('tasks and instants take no time', () => {
    expect(busyPeriods(parseCalendar(vcalendar(...component('VTODO', ...hour))), range, utc)).toEqual([]);
    expect(busyPeriods(event('DTSTART:20260110T100000Z'), range, utc)).toEqual([]);
  });

  test('periods are cut to the range; a whole day lies in the zone', () => {
    const long = event('DTSTART:20251231T000000Z', 'DURATION:P90D');
    expect(busyPeriods(long, range, utc)).toEqual([{...range, type: 'BUSY'}]);
    const day = event('DTSTART;VALUE=DATE:20260110');
    expect(busyPeriods(day, range, ianaZone('Asia/Tokyo')!)).toEqual([
      {start: at('20260109T150000'), end: at('20260110T150000'), type: 'BUSY'},
    ]);
  });

  test('an override can free its instance', () => {
    const calendar = parseCalendar(
      vcalendar(
        ...component('VEVENT', ...hour, 'RRULE:FREQ=DAILY;COUNT=2'),
        ...component('VEVENT', 'RECURRENCE-ID:20260111T100000Z', 'DTSTART:20260111T100000Z', 'DURATION:PT1H', 'STATUS:CANCELLED'),
      ),
    );
    expect(busyPeriods(calendar, range, utc)).toHaveLength(1);
  });

  test('RANGE=THISANDFUTURE moves what is busy, and can free it', () => {
    const future = (...lines: string[]) =>
      parseCalendar(
        vcalendar(
          ...component('VEVENT', 'DTSTART:20260110T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=3'),
          ...component('VEVENT', 'RECURRENCE-ID;RANGE=THISANDFUTURE:20260111T100000Z', ...lines),
        ),
      );
    const moved = busyPeriods(future('DTSTART:20260111T140000Z', 'DURATION:PT2H'), range, utc)!;
    expect(moved.map(({start}) => new Date(start).toISOString().slice(8, 13)).sort()).toEqual(['10T10', '11T14', '12T14']);
    expect(busyPeriods(future('DTSTART:20260111T100000Z', 'DURATION:PT1H', 'TRANSP:TRANSPARENT'), range, utc)).toHaveLength(1);
  });

  test('stored busy time counts by its FBTYPE, an unknown one as BUSY', () => {
    const calendar = parseCalendar(
      vcalendar(
        ...component(
          'VFREEBUSY',
          'FREEBUSY;FBTYPE=FREE:20260110T100000Z/PT1H',
          'FREEBUSY;FBTYPE=X-OUT:20260111T100000Z/PT1H',
          'FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260112T100000Z/PT1H,20250112T100000Z/PT1H',
        ),
      ),
    );
    expect(busyPeriods(calendar, range, utc)!.map(({type}) => type)).toEqual(['BUSY', 'BUSY-UNAVAILABLE']);
  });

  test('an event every second is too much', () => {
    expect(busyPeriods(event('DTSTART:20260101T000000Z', 'DURATION:PT2S', 'RRULE:FREQ=SECONDLY'), range, utc)).toBeUndefined();
  });
});

describe('mergeBusy', () => {
  const period = fc
    .tuple(
      fc.constantFrom('BUSY', 'BUSY-TENTATIVE', 'BUSY-UNAVAILABLE'),
      fc.integer({min: 0, max: 60}),
      fc.integer({min: 1, max: 20}),
    )
    .map(([type, start, length]): BusyPeriod => ({type: type as BusyPeriod['type'], start, end: start + length}));

  test('says of each moment all that is said of it, each type once, in order', () => {
    const typesAt = (periods: readonly BusyPeriod[], moment: number) =>
      [...new Set(periods.filter(each => each.start <= moment && moment < each.end).map(each => each.type))].sort();
    fc.assert(
      fc.property(fc.array(period, {maxLength: 12}), periods => {
        const merged = mergeBusy(periods);
        for (let moment = 0; moment < 90; moment++) expect(typesAt(merged, moment)).toEqual(typesAt(periods, moment));
        expect(merged.map(({start}) => start)).toEqual(merged.map(({start}) => start).sort((a, b) => a - b));
        for (const type of new Set(merged.map(each => each.type))) {
          const mine = merged.filter(each => each.type === type);
          for (const [index, {start, end}] of mine.entries()) {
            expect(start).toBeLessThan(end);
            if (index > 0) expect(start).toBeGreaterThan(mine[index - 1]!.end);
          }
        }
      }),
    );
  });
});

test('freeBusyCalendar prints a VFREEBUSY that reads back', () => {
  const periods: BusyPeriod[] = [
    {type: 'BUSY', start: at('20260110T100000'), end: at('20260110T110000')},
    {type: 'BUSY-TENTATIVE', start: at('20260111T100000'), end: at('20260111T110000')},
  ];
  const printed = printCalendar(
    freeBusyCalendar({range, stamp: at('20260101'), periods, method: 'REPLY', properties: [['uid', {}, 'text', 'u']]}),
  );
  expect(printed).toContain('METHOD:REPLY\r\n');
  expect(printed).toContain('UID:u\r\n');
  expect(mergeBusy(busyPeriods(parseCalendar(printed), range, utc)!)).toEqual(periods);
});
