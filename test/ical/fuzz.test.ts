import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {expand} from '../../src/ical/expand.ts';
import {busyPeriods} from '../../src/ical/free-busy.ts';
import {IcalError} from '../../src/ical/ical-error.ts';
import {indexObject} from '../../src/ical/object-index.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {expandCalendar, limitFreebusySet, limitRecurrenceSet} from '../../src/ical/partial.ts';
import {printCalendar} from '../../src/ical/print.ts';
import {dataFault} from '../../src/ical/validate.ts';
import {utc} from '../../src/ical/zone.ts';
import {at, component, vcalendar} from './text.ts';

const range = {start: at('20260101'), end: at('20260201')};

/** Everything there is to do with a calendar; what is refused is refused as iCalendar. */
function workThrough(source: string | Uint8Array): void {
  try {
    const calendar = parseCalendar(source);
    dataFault(calendar);
    expand(calendar, range, {limit: 100});
    busyPeriods(calendar, range, utc);
    expandCalendar(calendar, range, {zone: utc, limit: 100});
    limitRecurrenceSet(calendar, range, utc);
    limitFreebusySet(calendar, range);
    printCalendar(calendar);
    indexObject(calendar, {maxInstances: 100});
  } catch (error) {
    if (!(error instanceof IcalError)) throw error;
    expect(error.line).toBeGreaterThan(0);
  }
}

describe('whatever is sent', () => {
  test('bytes', () => {
    fc.assert(fc.property(fc.uint8Array({maxLength: 300}), bytes => workThrough(bytes)));
  });

  const time = fc.oneof(
    fc.constantFrom(
      '20260105T100000Z',
      '20260105T100000',
      '20260105',
      '99991231T235959Z',
      '00000101T000000Z',
      '00010101',
      '20260230',
      '',
      'x',
      '20260105T100000Z/PT1H',
      '20260105T100000Z/P99999999W',
    ),
    fc.string({maxLength: 20}),
  );
  const duration = fc.constantFrom('PT1H', '-P1D', 'P99999999W', 'P99999999DT9999999999S', '-P99999999W', 'P', 'PT0S');
  const number = fc.constantFrom('0', '1', '-1', '5', '53', '366', '-366', '99999999999', 'x', '');
  const rule = fc
    .array(
      fc.oneof(
        fc.constantFrom('SECONDLY', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY').map(freq => `FREQ=${freq}`),
        fc
          .tuple(
            fc.constantFrom(
              'INTERVAL',
              'COUNT',
              'BYMONTH',
              'BYMONTHDAY',
              'BYYEARDAY',
              'BYWEEKNO',
              'BYSETPOS',
              'BYHOUR',
              'BYDAY',
              'WKST',
            ),
            number,
          )
          .map(([name, value]) => `${name}=${value}`),
        time.map(value => `UNTIL=${value}`),
        fc.constantFrom('BYDAY=MO', 'BYDAY=-1SU,53MO', 'BYDAY', ';', 'X=Y'),
      ),
      {maxLength: 6},
    )
    .map(parts => `FREQ=DAILY;${parts.join(';')}`);
  const parameter = fc.constantFrom(
    '',
    ';TZID=Europe/Berlin',
    ';TZID=Mine',
    ';TZID=',
    ';VALUE=DATE',
    ';VALUE=PERIOD',
    ';VALUE=TEXT',
    ';VALUE=DURATION',
    ';RANGE=THISANDFUTURE',
    ';VALUE=RECUR',
    ';VALUE=__proto__',
  );
  const property = fc.oneof(
    fc
      .tuple(
        fc.constantFrom('DTSTART', 'DTEND', 'DUE', 'RECURRENCE-ID', 'EXDATE', 'RDATE', 'COMPLETED', 'CREATED', 'FREEBUSY'),
        parameter,
        time,
      )
      .map(parts => `${parts[0]}${parts[1]}:${parts[2]}`),
    fc.tuple(parameter, duration).map(parts => `DURATION${parts[0]}:${parts[1]}`),
    fc.tuple(fc.constantFrom('RRULE', 'EXRULE'), parameter, rule).map(parts => `${parts[0]}${parts[1]}:${parts[2]}`),
  );
  const part = fc.tuple(
    fc.constantFrom('VEVENT', 'VTODO', 'VJOURNAL', 'VFREEBUSY', 'VTIMEZONE', 'X-OTHER'),
    fc.array(property, {maxLength: 6}),
  );
  const zone = fc
    .tuple(
      fc.constantFrom('STANDARD', 'DAYLIGHT', 'X'),
      fc.array(property, {maxLength: 4}),
      fc.constantFrom('+0100', '-0530', '+9999', 'x'),
    )
    .map(([name, inner, offset]) => [
      'BEGIN:VTIMEZONE',
      'TZID:Mine',
      `BEGIN:${name}`,
      ...inner,
      `TZOFFSETFROM:${offset}`,
      `TZOFFSETTO:${offset}`,
      `END:${name}`,
      'END:VTIMEZONE',
    ]);

  test('components with the properties that matter, in every wrong way', () => {
    fc.assert(
      fc.property(zone, fc.array(part, {minLength: 1, maxLength: 4}), (timezone, parts) => {
        workThrough(
          vcalendar(
            ...timezone,
            ...parts.flatMap(([name, lines]) => component(name, 'DTSTART;TZID=Europe/Berlin:20260101T100000', ...lines)),
          ),
        );
      }),
      {numRuns: 300},
    );
  });
});
