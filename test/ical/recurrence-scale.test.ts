import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {newBudget} from '../../src/ical/expand.ts';
import {parseRecur} from '../../src/ical/recur.ts';
import {occurrences} from '../../src/ical/recurrence.ts';
import {parseRule} from '../../src/ical/recurrence-rule.ts';
import {scaleNames, scaleOf} from '../../src/ical/scale.ts';
import {timesAsLong} from '../support/cost.ts';
import {at, iso} from './text.ts';

const dayLength = 86_400_000;

/** The first days of a rule: `20130210`. */
function days(rule: string, start: string, count = 5): string {
  const parsed = parseRule(parseRecur(rule));
  const found: string[] = [];
  for (const local of occurrences(parsed, at(start), {date: true, budget: newBudget()})) {
    if (found.push(iso(local).slice(0, 10).replaceAll('-', '')) >= count) break;
  }
  return found.join(' ');
}

describe('RFC 7529 §4.3, the examples', () => {
  test.each([
    ['§4.3.1 Chinese New Year', 'RSCALE=CHINESE;FREQ=YEARLY', '20130210', '20130210 20140131 20150219 20160208 20170128'],
    [
      '§4.3.2 Ethiopic 13th month',
      'RSCALE=ETHIOPIC;FREQ=MONTHLY;BYMONTH=13',
      '20130906',
      '20130906 20140906 20150906 20160906 20170906',
    ],
    [
      '§4.3.3 Hebrew anniversary that starts in a leap month',
      'RSCALE=HEBREW;FREQ=YEARLY;BYMONTH=5L;BYMONTHDAY=8;SKIP=FORWARD',
      '20140208',
      '20140208 20150227 20160217 20170306 20180223',
    ],
    [
      '§4.3.4 Gregorian leap day',
      'RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD',
      '20120229',
      '20120229 20130301 20140301 20150301 20160229',
    ],
    ['§4.3.4 without RSCALE', 'FREQ=YEARLY', '20120229', '20120229 20160229 20200229 20240229 20280229'],
  ])('%s', (_, rule, start, expected) => {
    expect(days(rule, start)).toBe(expected);
  });
});

describe('RFC 7529 §4.1 SKIP', () => {
  test.each([
    ['OMIT is the default', 'FREQ=MONTHLY', '20140131', '20140131 20140331 20140531 20140731 20140831'],
    ['FORWARD', 'FREQ=MONTHLY;SKIP=FORWARD', '20140131', '20140131 20140301 20140331 20140501 20140531'],
    ['BACKWARD', 'FREQ=MONTHLY;SKIP=BACKWARD', '20140131', '20140131 20140228 20140331 20140430 20140531'],
    [
      'what is moved onto a day that counts anyway counts once',
      'FREQ=MONTHLY;BYMONTHDAY=1,31;SKIP=FORWARD;COUNT=6',
      '20140131',
      '20140131 20140201 20140301 20140331 20140401 20140501',
    ],
    ['COUNT counts what is moved', 'FREQ=MONTHLY;SKIP=FORWARD;COUNT=3', '20140131', '20140131 20140301 20140331'],
    [
      'INTERVAL counts the periods',
      'FREQ=MONTHLY;INTERVAL=2;SKIP=BACKWARD',
      '20140831',
      '20140831 20141031 20141231 20150228 20150430',
    ],
    [
      'days counted from the end',
      'FREQ=MONTHLY;BYMONTHDAY=-31;SKIP=FORWARD',
      '20140101',
      '20140101 20140201 20140301 20140401 20140501',
    ],
    ['and BACKWARD', 'FREQ=MONTHLY;BYMONTHDAY=-31;SKIP=BACKWARD;COUNT=4', '20140101', '20140101 20140131 20140301 20140331'],
    ['BYYEARDAY', 'FREQ=YEARLY;BYYEARDAY=366;SKIP=BACKWARD', '20121231', '20121231 20131231 20141231 20151231 20161231'],
    ['BYYEARDAY FORWARD', 'FREQ=YEARLY;BYYEARDAY=366;SKIP=FORWARD', '20121231', '20121231 20140101 20150101 20160101 20161231'],
    ['BYWEEKNO', 'FREQ=YEARLY;BYWEEKNO=53;BYDAY=TH;SKIP=BACKWARD', '20151231', '20151231 20161229 20171228 20181227 20191226'],
    [
      'BYDAY is asked after it',
      'FREQ=MONTHLY;BYMONTHDAY=31;BYDAY=SA;SKIP=FORWARD',
      '20140201',
      '20140201 20140301 20140531 20150131 20151031',
    ],
    [
      'BYSETPOS too',
      'FREQ=MONTHLY;BYMONTHDAY=30,31;BYSETPOS=1;SKIP=FORWARD',
      '20140130',
      '20140130 20140301 20140330 20140430 20140530',
    ],
  ])('%s', (_, rule, start, expected) => {
    expect(days(`RSCALE=GREGORIAN;${rule}`, start, expected.split(' ').length)).toBe(expected);
  });

  test.each([
    ['OMIT', '20140208 20160217 20190213'],
    ['BACKWARD', '20140208 20150128 20160217'],
    ['FORWARD', '20140208 20150227 20160217'],
  ])('a leap month that the start lies in: %s', (skip, expected) => {
    expect(days(`RSCALE=HEBREW;FREQ=YEARLY;SKIP=${skip}`, '20140208', 3)).toBe(expected);
  });

  test('a Chinese leap month', () => {
    // 2014 has a ninth leap month, 2017 a sixth.
    expect(days('RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=9L;BYMONTHDAY=1;SKIP=OMIT', '20141024', 2)).toBe('20141024 21091024');
    expect(days('RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=1;BYMONTH=6,6L,7', '20170624', 4)).toBe(
      '20170624 20170723 20170822 20180713',
    );
  });
});

describe('what is no rule', () => {
  test.each([
    ['RSCALE=KLINGON;FREQ=DAILY', 'not known'],
    ['FREQ=YEARLY;SKIP=FORWARD', 'without RSCALE'],
    ['RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=ASIDE', 'SKIP is'],
    ['FREQ=YEARLY;BYMONTH=5L', 'BYMONTH holds 5L'],
    ['RSCALE=GREGORIAN;FREQ=YEARLY;BYMONTH=13', 'BYMONTH holds 13'],
    ['RSCALE=ETHIOPIC;FREQ=YEARLY;BYMONTH=14', 'BYMONTH holds 14'],
    ['RSCALE=HEBREW;FREQ=YEARLY;BYYEARDAY=386', 'BYYEARDAY holds 386'],
    ['FREQ=YEARLY;BYYEARDAY=367', 'BYYEARDAY holds 367'],
  ])('%s', (rule, message) => {
    expect(() => parseRule(parseRecur(rule))).toThrow(message);
  });

  test('names count in either case, and by their aliases', () => {
    expect(scaleOf('chinese')).toBe(scaleOf('CHINESE'));
    expect(scaleOf('ISLAMICC')).toBe(scaleOf('islamic-civil'));
    expect(scaleOf('constructor')).toBeUndefined();
  });
});

describe('calendar systems', () => {
  test.each(scaleNames)('%s: years and months follow each other without gaps', name => {
    const scale = scaleOf(name)!;
    const years = fc.integer({min: -719_162, max: 2_932_000});
    fc.assert(
      fc.property(years, day => {
        const year = scale.year(scale.yearOf(day));
        expect(year.start <= day && day < year.end).toBe(true);
        expect(scale.year(scale.yearOf(day) + 1).start).toBe(year.end);
        const month = scale.month(scale.monthOf(day));
        expect(month.start <= day && day < month.end).toBe(true);
        expect(scale.month(scale.monthOf(day) + 1).start).toBe(month.end);
        expect(year.months).toContainEqual(month);
        expect(year.months.map(each => each.number)).toEqual(year.months.map(each => each.number).toSorted((a, b) => a - b));
      }),
      {numRuns: 25},
    );
  });

  test('a day is what Intl says it is', () => {
    const persian = new Intl.DateTimeFormat('en-u-ca-persian', {timeZone: 'UTC', month: 'numeric', day: 'numeric'});
    const scale = scaleOf('PERSIAN')!;
    fc.assert(
      fc.property(fc.integer({min: 0, max: 40_000}), day => {
        const month = scale.month(scale.monthOf(day));
        expect(persian.format(day * dayLength)).toBe(`${month.number}/${day - month.start + 1}`);
      }),
    );
  });
});

describe('RSCALE=GREGORIAN', () => {
  const list = (values: readonly (number | string)[]) => fc.uniqueArray(fc.constantFrom(...values), {minLength: 1, maxLength: 3});
  const part = (name: string, values: readonly (number | string)[]) =>
    fc.option(list(values), {nil: undefined}).map(found => (found ? `;${name}=${found.join(',')}` : ''));
  const rule = fc
    .tuple(
      fc.constantFrom('YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY'),
      fc.integer({min: 1, max: 3}),
      part('BYMONTH', [1, 2, 6, 12]),
      part('BYMONTHDAY', [1, 13, 29, 30, 31, -1, -30, -31]),
      part('BYDAY', ['MO', 'WE', 'SU']),
      part('BYSETPOS', [1, 2, -1]),
    )
    .map(([freq, interval, month, monthDay, weekday, position]) => {
      const days = freq === 'WEEKLY' ? '' : monthDay;
      return `FREQ=${freq};INTERVAL=${interval}${month}${days}${weekday}${month || days || weekday ? position : ''}`;
    });

  test('is what there is without it', () => {
    fc.assert(
      fc.property(rule, fc.integer({min: 15_000, max: 17_000}), (text, day) => {
        const times = (rule: string) => [
          ...occurrences(parseRule(parseRecur(rule)), day * dayLength, {
            until: (day + 800) * dayLength,
            date: true,
            budget: newBudget(),
          }),
        ];
        expect(times(`RSCALE=GREGORIAN;${text}`)).toEqual(times(text));
      }),
      {numRuns: 100},
    );
  });

  test('with SKIP names no month without a day', () => {
    fc.assert(
      fc.property(fc.constantFrom('FORWARD', 'BACKWARD'), fc.integer({min: 1, max: 31}), (skip, day) => {
        const rule = parseRule(parseRecur(`RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=${day};SKIP=${skip};COUNT=48`));
        const found = [...occurrences(rule, at(`201401${String(day).padStart(2, '0')}`), {date: true, budget: newBudget()})];
        const end = at('20180201');
        expect(found.filter(local => local < end)).toHaveLength(48);
      }),
    );
  });
});

describe('rules of calendar systems that are meant to hurt', () => {
  test.each([
    'RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=1L;BYMONTHDAY=31',
    'RSCALE=CHINESE;FREQ=DAILY;BYMONTH=12L;BYMONTHDAY=31',
    'RSCALE=DANGI;FREQ=SECONDLY;BYMONTH=12L;BYMONTHDAY=31',
    'RSCALE=HEBREW;FREQ=YEARLY;INTERVAL=9007199254740991',
    'RSCALE=ISLAMIC;FREQ=MONTHLY;BYMONTHDAY=31',
  ])('%s ends, no later than rules without one by far', rule => {
    const all = (text: string) => [
      ...occurrences(parseRule(parseRecur(text)), at('00010101'), {date: false, budget: newBudget()}),
    ];
    expect(all(rule).length).toBeLessThan(10);
    expect(
      timesAsLong(
        () => all(rule),
        () => all('FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'),
      ),
    ).toBeLessThan(200);
  });

  test('months that lie in years of their own cost as much as these', () => {
    const reached = (rule: string) => {
      const budget = newBudget();
      for (const _ of occurrences(parseRule(parseRecur(rule)), at('20240101'), {date: false, budget}));
      return new Date(budget.reached!).getUTCFullYear();
    };
    const monthly = reached('RSCALE=CHINESE;FREQ=MONTHLY;INTERVAL=120;BYMONTH=5L');
    expect(Math.abs(monthly - reached('RSCALE=CHINESE;FREQ=YEARLY;INTERVAL=10;BYMONTH=5L'))).toBeLessThan(100);
  });
});
