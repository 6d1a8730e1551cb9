import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {newBudget} from '../../src/ical/expand.ts';
import {parseRecur} from '../../src/ical/recur.ts';
import {occurrences} from '../../src/ical/recurrence.ts';
import {parseRule} from '../../src/ical/recurrence-rule.ts';
import {at, iso} from './text.ts';

const dayLength = 86_400_000;

interface Options {
  readonly limit?: number;
  readonly from?: string;
  readonly until?: string;
  readonly date?: boolean;
}

/** Local times as `1997-09-02T09:00:00Z`. */
function recur(rule: string, start: string, {limit = 50, from, until, date = false}: Options = {}): string[] {
  const parsed = parseRule(parseRecur(rule));
  const found: string[] = [];
  const end = Math.min(until ? at(until) : Infinity, parsed.until?.local ?? Infinity, at('99991231T235959Z'));
  for (const local of occurrences(parsed, at(start), {
    from: from ? at(from) : undefined,
    until: end,
    date,
    budget: newBudget(),
  })) {
    if (found.push(iso(local)) >= limit) break;
  }
  return found;
}

/** The days of September etc. 1997 in short: `0902`. */
const days = (times: string[]) => times.map(time => time.slice(5, 10).replace('-', '')).join(' ');
const hours = (times: string[]) => times.map(time => time.slice(11, 16)).join(' ');

describe('RFC 5545 §3.8.5.3, the examples', () => {
  const start = '19970902T090000';
  test.each([
    ['daily for 10 occurrences', 'FREQ=DAILY;COUNT=10', start, '0902 0903 0904 0905 0906 0907 0908 0909 0910 0911'],
    ['every 10 days, 5 occurrences', 'FREQ=DAILY;INTERVAL=10;COUNT=5', start, '0902 0912 0922 1002 1012'],
    ['weekly for 10 occurrences', 'FREQ=WEEKLY;COUNT=10', start, '0902 0909 0916 0923 0930 1007 1014 1021 1028 1104'],
    [
      'weekly on Tuesday and Thursday for five weeks',
      'FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH',
      start,
      '0902 0904 0909 0911 0916 0918 0923 0925 0930 1002',
    ],
    [
      'every other week on Monday, Wednesday and Friday',
      'FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR',
      '19970901T090000',
      '0901 0903 0905 0915 0917 0919 0929 1001 1003 1013 1015 1017 1027 1029 1031 1110 1112 1114 1124 1126 1128 1208 1210 1212 1222',
    ],
    [
      'every other week on Tuesday and Thursday, 8 occurrences',
      'FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH',
      start,
      '0902 0904 0916 0918 0930 1002 1014 1016',
    ],
    [
      'monthly on the first Friday',
      'FREQ=MONTHLY;COUNT=10;BYDAY=1FR',
      '19970905T090000',
      '0905 1003 1107 1205 0102 0206 0306 0403 0501 0605',
    ],
    [
      'every other month on the first and last Sunday',
      'FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU',
      '19970907T090000',
      '0907 0928 1102 1130 0104 0125 0301 0329 0503 0531',
    ],
    [
      'monthly on the second-to-last Monday',
      'FREQ=MONTHLY;COUNT=6;BYDAY=-2MO',
      '19970922T090000',
      '0922 1020 1117 1222 0119 0216',
    ],
    [
      'monthly on the third-to-last day',
      'FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=6',
      '19970928T090000',
      '0928 1029 1128 1229 0129 0226',
    ],
    [
      'monthly on the 2nd and 15th',
      'FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15',
      start,
      '0902 0915 1002 1015 1102 1115 1202 1215 0102 0115',
    ],
    [
      'monthly on the first and last day',
      'FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1',
      '19970930T090000',
      '0930 1001 1031 1101 1130 1201 1231 0101 0131 0201',
    ],
    [
      'every 18 months on the 10th thru 15th',
      'FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15',
      '19970910T090000',
      '0910 0911 0912 0913 0914 0915 0310 0311 0312 0313',
    ],
    [
      'every Tuesday, every other month',
      'FREQ=MONTHLY;INTERVAL=2;BYDAY=TU;COUNT=9',
      start,
      '0902 0909 0916 0923 0930 1104 1111 1118 1125',
    ],
    [
      'yearly in June and July',
      'FREQ=YEARLY;COUNT=10;BYMONTH=6,7',
      '19970610T090000',
      '0610 0710 0610 0710 0610 0710 0610 0710 0610 0710',
    ],
    [
      'every other year in January, February and March',
      'FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3',
      '19970310T090000',
      '0310 0110 0210 0310 0110 0210 0310 0110 0210 0310',
    ],
    [
      'every third year on the 1st, 100th and 200th day',
      'FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200',
      '19970101T090000',
      '0101 0410 0719 0101 0409 0718 0101 0410 0719 0101',
    ],
    ['every 20th Monday of the year', 'FREQ=YEARLY;BYDAY=20MO;COUNT=3', '19970519T090000', '0519 0518 0517'],
    ['Monday of week number 20', 'FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3', '19970512T090000', '0512 0511 0517'],
    [
      'every Thursday in March',
      'FREQ=YEARLY;BYMONTH=3;BYDAY=TH;COUNT=11',
      '19970313T090000',
      '0313 0320 0327 0305 0312 0319 0326 0304 0311 0318 0325',
    ],
    [
      'the first Saturday that follows the first Sunday',
      'FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13;COUNT=10',
      '19970913T090000',
      '0913 1011 1108 1213 0110 0207 0307 0411 0509 0613',
    ],
    [
      'every four years, the first Tuesday after a Monday in November',
      'FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3',
      '19961105T090000',
      '1105 1107 1102',
    ],
    [
      'the third of Tuesday, Wednesday or Thursday',
      'FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3',
      '19970904T090000',
      '0904 1007 1106',
    ],
    [
      'the second-to-last weekday of the month',
      'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=7',
      '19970929T090000',
      '0929 1030 1127 1230 0129 0226 0330',
    ],
    [
      'weeks that begin on Monday',
      'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO',
      '19970805T090000',
      '0805 0810 0819 0824',
    ],
    [
      'weeks that begin on Sunday',
      'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU',
      '19970805T090000',
      '0805 0817 0819 0831',
    ],
    [
      'a date that is not there is left out',
      'FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5',
      '20070115T090000',
      '0115 0130 0215 0315 0330',
    ],
  ])('%s', (_, rule, from, expected) => {
    expect(days(recur(rule, from))).toBe(expected);
  });

  test.each([
    ['every 3 hours from 9 to 17', 'FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z', '09:00 12:00 15:00'],
    ['every 15 minutes for 6 occurrences', 'FREQ=MINUTELY;INTERVAL=15;COUNT=6', '09:00 09:15 09:30 09:45 10:00 10:15'],
    ['every hour and a half for 4 occurrences', 'FREQ=MINUTELY;INTERVAL=90;COUNT=4', '09:00 10:30 12:00 13:30'],
  ])('%s', (_, rule, expected) => {
    expect(hours(recur(rule, start))).toBe(expected);
  });

  test('every 20 minutes from 9 to 16:40 every day, said in two ways', () => {
    const daily = recur('FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40', start, {limit: 60});
    const minutely = recur('FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16', start, {limit: 60});
    expect(daily).toEqual(minutely);
    expect(daily[23]).toBe('1997-09-02T16:40:00Z');
    expect(daily[24]).toBe('1997-09-03T09:00:00Z');
  });

  test('every Friday the 13th; the start counts though it is none', () => {
    const found = recur('FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', start, {limit: 6});
    expect(found.map(time => time.slice(0, 10))).toEqual([
      '1997-09-02',
      '1998-02-13',
      '1998-03-13',
      '1998-11-13',
      '1999-08-13',
      '2000-10-13',
    ]);
  });

  test('every day in January for 3 years, said in two ways', () => {
    const options = {limit: 200, until: '20000131T140000'};
    const yearly = recur('FREQ=YEARLY;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA', '19980101T090000', options);
    expect(yearly).toEqual(recur('FREQ=DAILY;BYMONTH=1', '19980101T090000', options));
    expect(yearly).toHaveLength(93);
  });
});

describe('RFC 5545 §3.3.10, beyond the examples', () => {
  test.each([
    [
      'BYSETPOS counts in DAILY too',
      'FREQ=DAILY;BYHOUR=8,12,18;BYSETPOS=-1;COUNT=3',
      '20260101T180000',
      ['2026-01-01T18:00:00Z', '2026-01-02T18:00:00Z', '2026-01-03T18:00:00Z'],
    ],
    [
      'and in HOURLY',
      'FREQ=HOURLY;BYMINUTE=0,20,40;BYSETPOS=2;COUNT=3',
      '20260101T102000',
      ['2026-01-01T10:20:00Z', '2026-01-01T11:20:00Z', '2026-01-01T12:20:00Z'],
    ],
    [
      'the last day of a month in DAILY',
      'FREQ=DAILY;BYMONTHDAY=-1;COUNT=3',
      '20260131T100000',
      ['2026-01-31T10:00:00Z', '2026-02-28T10:00:00Z', '2026-03-31T10:00:00Z'],
    ],
    [
      '29 February',
      'FREQ=YEARLY;COUNT=3',
      '20960229T100000',
      ['2096-02-29T10:00:00Z', '2104-02-29T10:00:00Z', '2108-02-29T10:00:00Z'],
    ],
    ['the 366th day', 'FREQ=YEARLY;BYYEARDAY=366;COUNT=2', '20241231T100000', ['2024-12-31T10:00:00Z', '2028-12-31T10:00:00Z']],
    [
      'the first day from the end of the year',
      'FREQ=YEARLY;BYYEARDAY=-366;COUNT=2',
      '20240101T100000',
      ['2024-01-01T10:00:00Z', '2028-01-01T10:00:00Z'],
    ],
    [
      'the last week of the year',
      'FREQ=YEARLY;BYWEEKNO=-1;BYDAY=TH;COUNT=3',
      '20201231T100000',
      ['2020-12-31T10:00:00Z', '2021-12-30T10:00:00Z', '2022-12-29T10:00:00Z'],
    ],
    [
      'week 1 may begin in the year before',
      'FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO;COUNT=3',
      '20241230T100000',
      ['2024-12-30T10:00:00Z', '2025-12-29T10:00:00Z', '2027-01-04T10:00:00Z'],
    ],
    [
      'a week number without a day: the weekday of the start',
      'FREQ=YEARLY;BYWEEKNO=20;COUNT=2',
      '19970514T100000',
      ['1997-05-14T10:00:00Z', '1998-05-13T10:00:00Z'],
    ],
    [
      'the year 9999 is the last',
      'FREQ=YEARLY',
      '99971231T100000',
      ['9997-12-31T10:00:00Z', '9998-12-31T10:00:00Z', '9999-12-31T10:00:00Z'],
    ],
    [
      'SECONDLY within BYHOUR and BYMINUTE',
      'FREQ=SECONDLY;INTERVAL=30;BYHOUR=9;BYMINUTE=59;COUNT=3',
      '20260101T095900',
      ['2026-01-01T09:59:00Z', '2026-01-01T09:59:30Z', '2026-01-02T09:59:00Z'],
    ],
  ])('%s', (_, rule, start, expected) => {
    expect(recur(rule, start)).toEqual(expected);
  });

  test('DATEs have no time of day, whatever the rule says', () => {
    expect(recur('FREQ=DAILY;BYHOUR=9,10;COUNT=2', '20260101', {date: true})).toEqual([
      '2026-01-01T00:00:00Z',
      '2026-01-02T00:00:00Z',
    ]);
    expect(recur('FREQ=HOURLY;COUNT=2', '20260101', {date: true})).toEqual(['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z']);
  });
});

/** A rule read the slow way: every day is asked whether it fits. */
function naive({freq, interval, byday, bymonthday, bymonth}: SimpleRule, start: number, end: number): number[] {
  const first = new Date(start);
  const found = [start];
  const weekday = (local: number) => new Date(local).getUTCDay();
  const monday = (local: number) => Math.floor(local / dayLength) - ((weekday(local) + 6) % 7);
  const month = (local: number) => new Date(local).getUTCFullYear() * 12 + new Date(local).getUTCMonth();
  for (let local = start + dayLength; local <= end; local += dayLength) {
    const date = new Date(local);
    const steps = {
      DAILY: Math.round((local - start) / dayLength),
      WEEKLY: (monday(local) - monday(start)) / 7,
      MONTHLY: month(local) - month(start),
      YEARLY: date.getUTCFullYear() - first.getUTCFullYear(),
    }[freq];
    if (steps % interval !== 0) continue;
    const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    const months = bymonth ?? (freq === 'YEARLY' && !byday && !bymonthday ? [first.getUTCMonth() + 1] : undefined);
    const monthDays = bymonthday ?? ((freq === 'MONTHLY' || freq === 'YEARLY') && !byday ? [first.getUTCDate()] : undefined);
    const weekdays = byday ?? (freq === 'WEEKLY' ? [first.getUTCDay()] : undefined);
    if (months && !months.includes(date.getUTCMonth() + 1)) continue;
    if (monthDays && !monthDays.some(each => each === date.getUTCDate() || each === date.getUTCDate() - length - 1)) continue;
    if (weekdays && !weekdays.includes(weekday(local))) continue;
    found.push(local);
  }
  return found;
}

interface SimpleRule {
  readonly freq: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  readonly interval: number;
  readonly byday: number[] | undefined;
  readonly bymonthday: number[] | undefined;
  readonly bymonth: number[] | undefined;
}

const list = (least: number, most: number) =>
  fc.option(
    fc.uniqueArray(
      fc.integer({min: least, max: most}).filter(value => value !== 0),
      {minLength: 1, maxLength: 4},
    ),
    {nil: undefined},
  );

const anyRule: fc.Arbitrary<SimpleRule> = fc.record({
  freq: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
  interval: fc.integer({min: 1, max: 4}),
  byday: fc.option(fc.uniqueArray(fc.integer({min: 0, max: 6}), {minLength: 1, maxLength: 4}), {nil: undefined}),
  bymonthday: list(-31, 31),
  bymonth: list(1, 12),
});

/** RFC 5545 §3.3.10: no BYMONTHDAY in a weekly rule. */
const simpleRule = anyRule.map(rule => (rule.freq === 'WEEKLY' ? {...rule, bymonthday: undefined} : rule));

function ruleOf({byday, ...rest}: SimpleRule) {
  const parts = byday?.map(weekday => ({weekday, ordinal: 0}));
  return {...rest, byday: parts, count: undefined, until: undefined, wkst: 1};
}

const startDay = fc.integer({min: 9000, max: 22_000}).map(day => day * dayLength + 9 * 3_600_000);

describe('occurrences, by property', () => {
  test('are those that a day-by-day reading finds', () => {
    fc.assert(
      fc.property(simpleRule, startDay, (rule, start) => {
        const until = start + 1500 * dayLength;
        const found = [...occurrences(ruleOf(rule), start, {until, date: false, budget: newBudget()})];
        expect(found).toEqual(naive(rule, start, until));
      }),
      {numRuns: 300},
    );
  });

  test('from a later time on are the same as all without the earlier ones', () => {
    fc.assert(
      fc.property(simpleRule, startDay, fc.integer({min: 0, max: 4000}), (rule, start, skip) => {
        const bounds = {until: start + 6000 * dayLength, date: false};
        const from = start + skip * dayLength;
        const all = [...occurrences(ruleOf(rule), start, {...bounds, budget: newBudget()})].filter(local => local >= from);
        expect([...occurrences(ruleOf(rule), start, {...bounds, from, budget: newBudget()})]).toEqual(all);
      }),
    );
  });

  test('rise strictly, and COUNT is how many there are', () => {
    fc.assert(
      fc.property(simpleRule, startDay, fc.integer({min: 1, max: 30}), (rule, start, count) => {
        const found = [...occurrences({...ruleOf(rule), count}, start, {date: false, budget: newBudget()})];
        expect(found.every((local, index) => index === 0 || local > found[index - 1]!)).toBe(true);
        expect(found.length).toBeLessThanOrEqual(count);
      }),
    );
  });
});

/** A YEARLY or MONTHLY rule with all there is about days, read the slow way: each day of a period is asked, then places are counted. */
function naivePlaces(rule: PlacesRule, start: number, end: number): number[] {
  const {freq, interval, byday, bymonthday, bymonth, byyearday, bysetpos} = rule;
  const startDate = new Date(start);
  const time = start - Math.floor(start / dayLength) * dayLength;
  const found = new Set([start]);
  for (let step = 0; ; step += interval) {
    const [year, month] =
      freq === 'YEARLY'
        ? [startDate.getUTCFullYear() + step, 0]
        : [startDate.getUTCFullYear() + Math.floor((startDate.getUTCMonth() + step) / 12), (startDate.getUTCMonth() + step) % 12];
    const first = Date.UTC(year, month, 1);
    if (first > end) break;
    const days =
      freq === 'YEARLY' ? daysBetween(first, Date.UTC(year + 1, 0, 1)) : daysBetween(first, Date.UTC(year, month + 1, 1));
    const inYear = daysBetween(Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1));
    const months = Array.from({length: 12}, (_, at) => daysBetween(Date.UTC(year, at, 1), Date.UTC(year, at + 1, 1)));
    const fitting = days.filter(day => {
      const date = new Date(day);
      const inMonth = months[date.getUTCMonth()]!;
      const isAt = (places: number[], among: number[]) => places.some(place => among.at(place > 0 ? place - 1 : place) === day);
      if (bymonth && !bymonth.includes(date.getUTCMonth() + 1)) return false;
      if (!byday.some(({weekday}) => weekday === date.getUTCDay())) return false;
      if (bymonthday && !isAt(bymonthday, inMonth)) return false;
      if (byyearday && !isAt(byyearday, inYear)) return false;
      const scope = freq === 'MONTHLY' || bymonth ? inMonth : inYear;
      return byday.some(({weekday, ordinal}) => {
        const same = scope.filter(each => new Date(each).getUTCDay() === weekday);
        return ordinal === 0 ? same.includes(day) : isAt([ordinal], same);
      });
    });
    const chosen = bysetpos ? [...new Set(bysetpos.map(place => fitting.at(place > 0 ? place - 1 : place)))] : fitting;
    for (const day of chosen) if (day !== undefined && day + time > start && day + time <= end) found.add(day + time);
  }
  return [...found].sort((a, b) => a - b);
}

const daysBetween = (from: number, to: number) => Array.from({length: (to - from) / dayLength}, (_, at) => from + at * dayLength);

interface PlacesRule {
  readonly freq: 'MONTHLY' | 'YEARLY';
  readonly interval: number;
  readonly byday: {weekday: number; ordinal: number}[];
  readonly bymonthday: number[] | undefined;
  readonly bymonth: number[] | undefined;
  readonly byyearday: number[] | undefined;
  readonly bysetpos: number[] | undefined;
}

const placesRule: fc.Arbitrary<PlacesRule> = fc.record({
  freq: fc.constantFrom('MONTHLY', 'YEARLY'),
  interval: fc.integer({min: 1, max: 3}),
  byday: fc.array(fc.record({weekday: fc.integer({min: 0, max: 6}), ordinal: fc.constantFrom(0, 1, 2, 5, -1, -2, -5)}), {
    minLength: 1,
    maxLength: 3,
  }),
  bymonthday: fc.oneof({weight: 2, arbitrary: fc.constant(undefined)}, {weight: 1, arbitrary: list(-31, 31)}),
  bymonth: list(1, 12),
  byyearday: fc.oneof({weight: 4, arbitrary: fc.constant(undefined)}, {weight: 1, arbitrary: list(-366, 366)}),
  bysetpos: list(-4, 4),
});

describe('places, by property', () => {
  test('ordinals, BYSETPOS and negative numbers are counted as a slow reading counts them', () => {
    fc.assert(
      fc.property(placesRule, startDay, ({bymonthday, bymonth, byyearday, bysetpos, ...rest}, start) => {
        const until = start + 800 * dayLength;
        const parts = Object.entries({bymonthday, bymonth, byyearday, bysetpos}).filter(([, value]) => value);
        const rule = {...rest, ...Object.fromEntries(parts), count: undefined, until: undefined, wkst: 1};
        const found = [...occurrences(rule, start, {until, date: false, budget: newBudget()})];
        expect(found).toEqual(naivePlaces({bymonthday, bymonth, byyearday, bysetpos, ...rest}, start, until));
      }),
      {numRuns: 150},
    );
  });
});

describe('rules that are meant to hurt', () => {
  test.each([
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=SECONDLY;BYMONTH=4;BYMONTHDAY=31',
    'FREQ=YEARLY;BYDAY=1MO;BYYEARDAY=300',
    'FREQ=MINUTELY;INTERVAL=1440;BYHOUR=1',
    'FREQ=SECONDLY;INTERVAL=999999999',
    'FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6',
    `FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=${[...Array(24).keys()]};BYMINUTE=${[...Array(60).keys()]};BYSECOND=${[...Array(60).keys()]};BYSETPOS=366`,
    `FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=5;BYHOUR=${[...Array(24).keys()]};BYMINUTE=${[...Array(60).keys()]};BYSECOND=${[...Array(60).keys()]}`,
    'FREQ=SECONDLY;COUNT=1000000000',
  ])('%s ends, with a limit on what it costs', rule => {
    const budget = newBudget(20_000);
    let count = 0;
    for (const _ of occurrences(parseRule(parseRecur(rule)), at('20260101T100000'), {date: false, budget})) count++;
    expect(count).toBeLessThanOrEqual(20_001);
    expect(budget.reached === undefined || budget.reached > at('20260101T100000')).toBe(true);
  });
});

describe('parseRule', () => {
  test.each([
    ['FREQ=DAILY;BYMONTHDAY=0', 'BYMONTHDAY'],
    ['FREQ=DAILY;BYHOUR=-1', 'BYHOUR'],
    ['FREQ=DAILY;BYDAY=99MO', 'BYDAY'],
    ['FREQ=DAILY;UNTIL=never', 'UNTIL'],
    ['FREQ=DAILY;BYMONTH=0', 'BYMONTH'],
  ])('%s is refused by name', (rule, name) => {
    expect(() => parseRule(parseRecur(rule))).toThrow(name);
  });
});

describe('a rule that leads beyond all Dates', () => {
  test.each(['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'SECONDLY'])('%s ends', freq => {
    expect(recur(`FREQ=${freq};INTERVAL=9007199254740991`, '20260101T100000')).toEqual(['2026-01-01T10:00:00Z']);
    expect(recur(`FREQ=${freq};INTERVAL=300000000000`, '20260101T100000')).toEqual(['2026-01-01T10:00:00Z']);
  });
});
