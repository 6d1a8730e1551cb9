import {describe, expect, test} from 'vitest';
import {ianaZone} from '../../src/ical/iana-zone.ts';
import {type Calendar, parseCalendar} from '../../src/ical/parse.ts';
import {expandCalendar, limitFreebusySet, limitRecurrenceSet, select} from '../../src/ical/partial.ts';
import {printCalendar} from '../../src/ical/print.ts';
import {utc} from '../../src/ical/zone.ts';
import {at, component, event, vcalendar} from './text.ts';

const range = {start: at('20260102'), end: at('20260104')};
const lines = (calendar: Calendar, pattern: RegExp) =>
  printCalendar(calendar)
    .split('\r\n')
    .filter(line => pattern.test(line));
const times = /^(DTSTART|DTEND|DUE|DURATION|RECURRENCE-ID|RRULE|RDATE|EXDATE)/;
const expandedTimes = (calendar: Calendar, zone = utc) => lines(expandCalendar(calendar, range, {zone, limit: 100})!, times);

describe('RFC 4791 §9.6.5 CALDAV:expand', () => {
  test('a series becomes its instances in UTC, each with its RECURRENCE-ID', () => {
    const calendar = event(
      'DTSTART;TZID=Europe/Berlin:20260101T100000',
      'DTEND;TZID=Europe/Berlin:20260101T110000',
      'RRULE:FREQ=DAILY',
      'EXDATE:20260103T090000Z',
    );
    expect(expandedTimes(calendar)).toEqual([
      'DTSTART:20260102T090000Z',
      'DTEND:20260102T100000Z',
      'RECURRENCE-ID:20260102T090000Z',
    ]);
  });

  test('the initial instance has no RECURRENCE-ID, unless an override stands for it', () => {
    const initial = ['DTSTART:20260102T100000Z', 'RRULE:FREQ=DAILY;COUNT=2'];
    const ids = (calendar: Calendar) => expandedTimes(calendar).filter(line => line.startsWith('RECURRENCE-ID'));
    expect(ids(event(...initial))).toEqual(['RECURRENCE-ID:20260103T100000Z']);
    expect(ids(event(...initial, 'EXDATE:20260102T100000Z'))).toEqual(['RECURRENCE-ID:20260103T100000Z']);
    const override = component('VEVENT', 'RECURRENCE-ID:20260102T100000Z', 'DTSTART:20260102T120000Z');
    const overridden = parseCalendar(vcalendar(...component('VEVENT', ...initial), ...override));
    expect(ids(overridden)).toEqual(['RECURRENCE-ID:20260102T100000Z', 'RECURRENCE-ID:20260103T100000Z']);
  });

  test('DATEs and floating times stay what they are', () => {
    expect(expandedTimes(event('DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=DAILY;COUNT=3', 'DURATION:P1D'))).toEqual([
      'DTSTART;VALUE=DATE:20260102',
      'DURATION:P1D',
      'RECURRENCE-ID;VALUE=DATE:20260102',
      'DTSTART;VALUE=DATE:20260103',
      'DURATION:P1D',
      'RECURRENCE-ID;VALUE=DATE:20260103',
    ]);
    expect(expandedTimes(event('DTSTART:20260101T100000', 'RRULE:FREQ=DAILY;COUNT=2'))).toEqual([
      'DTSTART:20260102T100000',
      'RECURRENCE-ID:20260102T100000',
    ]);
  });

  test('what lies in the range is told by the zone for floating times', () => {
    const calendar = event('DTSTART:20260104T030000');
    expect(expandedTimes(calendar)).toEqual([]);
    expect(expandedTimes(calendar, ianaZone('Asia/Tokyo')!)).toEqual(['DTSTART:20260104T030000']);
  });

  test('a PERIOD gives its instance an end of its own', () => {
    const calendar = event(
      'DTSTART:20260101T100000Z',
      'DURATION:PT1H',
      'RDATE;VALUE=PERIOD:20260102T100000Z/PT3H,20260103T100000Z/PT1H',
    );
    expect(expandedTimes(calendar)).toEqual([
      'DTSTART:20260102T100000Z',
      'DTEND:20260102T130000Z',
      'RECURRENCE-ID:20260102T100000Z',
      'DTSTART:20260103T100000Z',
      'DURATION:PT1H',
      'RECURRENCE-ID:20260103T100000Z',
    ]);
  });

  test('what does not recur is in UTC too, and has no RECURRENCE-ID; alarms stay', () => {
    const calendar = event(
      'DTSTART;TZID=Europe/Berlin:20260102T100000',
      'X-AT;VALUE=DATE-TIME;TZID=Europe/Berlin:20260102T110000',
      'BEGIN:VALARM',
      'TRIGGER:-PT5M',
      'END:VALARM',
    );
    const printed = printCalendar(expandCalendar(calendar, range, {zone: utc, limit: 1})!);
    expect(printed).toContain('DTSTART:20260102T090000Z\r\n');
    expect(printed).toContain('X-AT;VALUE=DATE-TIME:20260102T100000Z\r\n');
    expect(printed).toContain('TRIGGER:-PT5M');
    expect(printed).not.toContain('RECURRENCE-ID');
  });

  test('tasks have DUE', () => {
    const todo = parseCalendar(
      vcalendar(...component('VTODO', 'DTSTART:20260101T100000Z', 'DUE:20260101T120000Z', 'RRULE:FREQ=DAILY;COUNT=2')),
    );
    expect(expandedTimes(todo)).toEqual(['DTSTART:20260102T100000Z', 'DUE:20260102T120000Z', 'RECURRENCE-ID:20260102T100000Z']);
  });

  test('instances that RANGE=THISANDFUTURE has moved have the RECURRENCE-ID they had', () => {
    const calendar = parseCalendar(
      vcalendar(
        ...component('VEVENT', 'DTSTART:20260101T100000Z', 'RRULE:FREQ=DAILY;COUNT=3'),
        ...component('VEVENT', 'RECURRENCE-ID;RANGE=THISANDFUTURE:20260102T100000Z', 'DTSTART:20260102T143000Z', 'SUMMARY:later'),
      ),
    );
    const found = expandCalendar(calendar, range, {zone: utc, limit: 10})!;
    expect(lines(found, /^(DTSTART|RECURRENCE-ID|SUMMARY)/)).toEqual([
      'DTSTART:20260102T143000Z',
      'SUMMARY:later',
      'RECURRENCE-ID:20260102T100000Z',
      'DTSTART:20260103T143000Z',
      'SUMMARY:later',
      'RECURRENCE-ID:20260103T100000Z',
    ]);
  });

  test('more than the limit is not given in part', () => {
    expect(
      expandCalendar(event('DTSTART:20260101T000000Z', 'RRULE:FREQ=SECONDLY'), range, {zone: utc, limit: 5000}),
    ).toBeUndefined();
    const large = event('DTSTART:20260101T000000Z', 'RRULE:FREQ=HOURLY', `DESCRIPTION:${'a'.repeat(200_000)}`);
    expect(expandCalendar(large, range, {zone: utc, limit: 5000})).toBeUndefined();
  });
});

describe('RFC 4791 §9.6.6 CALDAV:limit-recurrence-set', () => {
  const calendar = parseCalendar(
    vcalendar(
      ...component('VEVENT', 'DTSTART:20260101T100000Z', 'RRULE:FREQ=DAILY', 'SUMMARY:master'),
      ...component('VEVENT', 'RECURRENCE-ID:20260103T100000Z', 'DTSTART:20260203T100000Z', 'SUMMARY:moved out'),
      ...component('VEVENT', 'RECURRENCE-ID:20260203T100000Z', 'DTSTART:20260103T120000Z', 'SUMMARY:moved in'),
      ...component('VEVENT', 'RECURRENCE-ID:20260204T100000Z', 'DTSTART:20260204T120000Z', 'SUMMARY:elsewhere'),
      ...component(
        'VEVENT',
        'RECURRENCE-ID;RANGE=THISANDFUTURE:20260101T100000Z',
        'DTSTART:20260101T100000Z',
        'SUMMARY:bears on it',
      ),
      ...component(
        'VEVENT',
        'RECURRENCE-ID;RANGE=THISANDFUTURE:20260301T100000Z',
        'DTSTART:20260301T100000Z',
        'SUMMARY:too late',
      ),
    ),
  );

  test('the master, and overrides that lie in the range or were to', () => {
    expect(lines(limitRecurrenceSet(calendar, range, utc), /^SUMMARY/)).toEqual([
      'SUMMARY:master',
      'SUMMARY:moved out',
      'SUMMARY:moved in',
      'SUMMARY:bears on it',
    ]);
  });
});

test('RFC 4791 §9.6.7 CALDAV:limit-freebusy-set: the periods that overlap', () => {
  const calendar = parseCalendar(
    vcalendar(
      ...component(
        'VFREEBUSY',
        'FREEBUSY:20260101T100000Z/PT1H,20260102T100000Z/PT1H',
        'FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260110T100000Z/PT1H',
      ),
    ),
  );
  expect(lines(limitFreebusySet(calendar, range), /^FREEBUSY/)).toEqual(['FREEBUSY:20260102T100000Z/PT1H']);
});

describe('RFC 4791 §9.6.1 to §9.6.4, CALDAV:comp and CALDAV:prop', () => {
  const calendar = event(
    'DTSTART:20260102T100000Z',
    'SUMMARY:one',
    'BEGIN:VALARM',
    'ACTION:AUDIO',
    'TRIGGER:-PT5M',
    'END:VALARM',
  );

  test('only what is named; without its value where that is not wanted', () => {
    const selection = {
      properties: new Map([['version', {value: true}]]),
      components: new Map([
        [
          'vevent',
          {
            properties: new Map([
              ['uid', {value: true}],
              ['summary', {value: false}],
            ]),
            components: new Map(),
          },
        ],
      ]),
    };
    expect(lines(select(calendar, selection), /./)).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'BEGIN:VEVENT',
      'UID:1',
      'SUMMARY:',
      'END:VEVENT',
      'END:VCALENDAR',
    ]);
  });

  test('everything', () => {
    expect(printCalendar(select(calendar, {properties: undefined, components: undefined}))).toBe(printCalendar(calendar));
  });
});
