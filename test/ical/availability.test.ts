import {describe, expect, test} from 'vitest';
import {unavailablePeriods} from '../../src/ical/availability.ts';
import {ianaZone} from '../../src/ical/iana-zone.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {utc, type Zone} from '../../src/ical/zone.ts';
import {calendar} from '../support/events.ts';

const at = (time: string) => Date.parse(time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
const week = {start: at('20261130T000000Z'), end: at('20261207T000000Z')};

const availability = (lines: readonly string[], ...available: (readonly string[])[]) => [
  'BEGIN:VAVAILABILITY',
  'UID:a',
  'DTSTAMP:20261101T000000Z',
  ...lines,
  ...available.flatMap((each, number) => [
    'BEGIN:AVAILABLE',
    `UID:${number}`,
    'DTSTAMP:20261101T000000Z',
    ...each,
    'END:AVAILABLE',
  ]),
  'END:VAVAILABILITY',
];

function unavailable(range: typeof week, components: readonly string[], zone: Zone = utc): string[] {
  const print = (instant: number) => new Date(instant).toISOString().slice(8, 16).replace('T', ' ');
  const found = unavailablePeriods([{calendar: parseCalendar(calendar(...components)), zone}], range);
  return found!
    .toSorted((a, b) => a.start - b.start)
    .map(({start, end, type}) => `${print(start)} to ${print(end)}${type === 'BUSY-UNAVAILABLE' ? '' : ` ${type}`}`);
}

const twoDays = {start: at('20261130T000000Z'), end: at('20261202T000000Z')};
const officeHours = ['DTSTART:20261102T090000Z', 'DTEND:20261102T170000Z', 'RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'];

describe('RFC 7953 §4 and §5: the time that VAVAILABILITY leaves no choice of', () => {
  test('all that is covered, save what is AVAILABLE, which recurs as events do', () => {
    expect(unavailable(twoDays, availability([], officeHours))).toEqual([
      '30 00:00 to 30 09:00',
      '30 17:00 to 01 09:00',
      '01 17:00 to 02 00:00',
    ]);
  });

  test('an AVAILABLE with a RECURRENCE-ID stands for its instance', () => {
    const override = ['UID:0', 'RECURRENCE-ID:20261201T090000Z', 'DTSTART:20261201T120000Z', 'DTEND:20261201T130000Z'];
    const lines = availability([], officeHours, override).filter(line => line !== 'UID:1');
    expect(unavailable(twoDays, lines)).toEqual(['30 00:00 to 30 09:00', '30 17:00 to 01 12:00', '01 13:00 to 02 00:00']);
  });

  test('it covers from DTSTART to DTEND, or for its DURATION, and is open at the side that is not said', () => {
    expect(unavailable(week, availability(['DTSTART:20261201T000000Z', 'DTEND:20261202T000000Z']))).toEqual([
      '01 00:00 to 02 00:00',
    ]);
    expect(unavailable(week, availability(['DTSTART:20261201T000000Z', 'DURATION:PT6H']))).toEqual(['01 00:00 to 01 06:00']);
    expect(unavailable(week, availability(['DTSTART:20261206T000000Z']))).toEqual(['06 00:00 to 07 00:00']);
    expect(unavailable(week, availability(['DTSTART:20270101T000000Z']))).toEqual([]);
  });

  test('an AVAILABLE is good only within its own VAVAILABILITY', () => {
    const inner = ['DTSTART:20261130T220000Z', 'DTEND:20261201T020000Z'];
    const lines = availability(['DTSTART:20261201T000000Z', 'DTEND:20261202T000000Z'], inner);
    expect(unavailable(week, lines)).toEqual(['01 02:00 to 02 00:00']);
  });

  test('BUSYTYPE says of what kind it is; one that is not known is BUSY-UNAVAILABLE', () => {
    const day = ['DTSTART:20261201T000000Z', 'DTEND:20261202T000000Z'];
    expect(unavailable(week, availability([...day, 'BUSYTYPE:BUSY-TENTATIVE']))).toEqual(['01 00:00 to 02 00:00 BUSY-TENTATIVE']);
    expect(unavailable(week, availability([...day, 'BUSYTYPE:BUSY']))).toEqual(['01 00:00 to 02 00:00 BUSY']);
    expect(unavailable(week, availability([...day, 'BUSYTYPE:X-AWAY']))).toEqual(['01 00:00 to 02 00:00']);
  });

  test('of several, that of higher PRIORITY is laid over the others: 1 is the highest, none the lowest', () => {
    const usual = availability([], officeHours);
    const away = availability(
      ['DTSTART:20261201T000000Z', 'DTEND:20261202T000000Z', 'PRIORITY:1', 'BUSYTYPE:BUSY'],
      ['DTSTART:20261201T190000Z', 'DTEND:20261201T200000Z'],
    );
    const expected = ['30 00:00 to 30 09:00', '30 17:00 to 01 00:00', '01 00:00 to 01 19:00 BUSY', '01 20:00 to 02 00:00 BUSY'];
    expect(unavailable(twoDays, [...usual, ...away])).toEqual(expected);
    expect(unavailable(twoDays, [...away, ...usual])).toEqual(expected);
  });

  test('floating times are in the zone that is given, across its changes of the clock', () => {
    const local = ['DTSTART:20261024T090000', 'DTEND:20261024T170000', 'RRULE:FREQ=DAILY'];
    const range = {start: at('20261024T000000Z'), end: at('20261026T000000Z')};
    expect(unavailable(range, availability([], local), ianaZone('Europe/Berlin'))).toEqual([
      '24 00:00 to 24 07:00',
      '24 15:00 to 25 08:00',
      '25 16:00 to 26 00:00',
    ]);
  });

  test('what takes too much to be found is not told', () => {
    const often = ['DTSTART:20261101T000000Z', 'DURATION:PT1S', 'RRULE:FREQ=SECONDLY;INTERVAL=2'];
    expect(
      unavailablePeriods([{calendar: parseCalendar(calendar(...availability([], often))), zone: utc}], week),
    ).toBeUndefined();
  });
});
