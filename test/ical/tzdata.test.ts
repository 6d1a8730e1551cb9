import {describe, expect, test} from 'vitest';
import {ianaZone} from '../../src/ical/iana-zone.ts';
import {aliasesOf, timezone, timezoneIds, tzdataVersion} from '../../src/ical/tzdata.ts';

/** What editions after that of this Node's ICU have changed: Canada's zones that keep summer time for good, Cuba's, and the past. */
const changedSince: Readonly<Record<string, string>> = {
  'America/Inuvik': '2026-11-01', // from then on UTC-6 all year
  'America/Winnipeg': '2026-11-01', // from then on UTC-5 all year
  'America/Havana': '2026-11-01', // summer time kept in the winter of 2026
  'America/Bogota': '1992-05-02', // the hour at which the change was
  'Asia/Tehran': '1979-05-25', // the same
};

/** The offset that ICU has, milliseconds. */
function icuOffsets(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return instant => {
    const [month, day, year, hour, minute, second] = format.format(instant).match(/\d+/g)!.map(Number) as number[];
    return Date.UTC(year!, month! - 1, day, hour, minute, second) - instant;
  };
}

describe('IANA’s database', () => {
  test('has an edition, zones and their aliases', () => {
    expect(tzdataVersion).toMatch(/^20\d\d[a-z]+$/);
    expect(timezoneIds.length).toBeGreaterThan(300);
    expect(aliasesOf('Europe/London')).toContain('GB');
    expect(timezone('us/eastern')!.id).toBe('America/New_York');
    expect(timezone('America/Pittsburgh')).toBeUndefined();
    expect(timezone('__proto__')).toBeUndefined();
  });

  test.each([
    ['Europe/Kiev', 'Europe/Kyiv'],
    ['Asia/Calcutta', 'Asia/Kolkata'],
    ['Asia/Rangoon', 'Asia/Yangon'],
    ['America/Fort_Wayne', 'America/Indiana/Indianapolis'],
    ['GMT', 'Etc/GMT'],
    ['UTC', 'Etc/UTC'],
    ['Europe/Oslo', 'Europe/Berlin'],
  ])('%s is another name of %s', (alias, id) => {
    expect(timezone(alias)!.id).toBe(id);
    expect(aliasesOf(id)).toContain(alias);
    expect(timezoneIds).not.toContain(alias);
  });

  test('every name that this Node knows is in it', () => {
    expect(Intl.supportedValuesOf('timeZone').filter(name => !timezone(name))).toEqual([]);
  });

  test('agrees with ICU about every zone from 1970 to 2050, save what has changed since', () => {
    const apart: string[] = [];
    for (const id of timezoneIds) {
      const icu = icuOffsets(id);
      const zone = ianaZone(id)!;
      const around = timezone(id)!.changes.flatMap(({at}) => (at > 0 && at < Date.UTC(2050) ? [at - 1000, at] : []));
      const months = Array.from({length: 80 * 12}, (_, month) => Date.UTC(1970, month, 15));
      const wrong = [...around, ...months].filter(instant => icu(instant) !== zone.offsetAt(instant)).sort((a, b) => a - b);
      const day = wrong.length > 0 ? new Date(wrong[0]!).toISOString().slice(0, 10) : undefined;
      if (day !== undefined && !(changedSince[id]! <= day)) apart.push(`${id} on ${day}`);
    }
    expect(apart).toEqual([]);
  });

  test('beyond the data a zone goes on by the same rules, 400 years later as before', () => {
    const zone = ianaZone('Europe/Berlin')!;
    for (const year of [2026, 2499, 2500, 2900, 5000, 9999]) {
      expect(zone.offsetAt(Date.UTC(year, 6, 1)), `${year}-07`).toBe(7_200_000);
      expect(zone.offsetAt(Date.UTC(year, 0, 1)), `${year}-01`).toBe(3_600_000);
    }
    expect(ianaZone('Asia/Tokyo')!.offsetAt(Date.UTC(9999, 6, 1))).toBe(32_400_000);
  });

  test.each([
    ['America/New_York', '1943-07-01', 'EWT', true],
    ['America/New_York', '2026-07-01', 'EDT', true],
    ['America/New_York', '2026-12-01', 'EST', false],
    ['Europe/London', '1970-07-01', 'BST', false],
    ['Europe/London', '2026-07-01', 'BST', true],
  ])('%s on %s is %s; summer time: %s', (id, day, name, daylight) => {
    const change = timezone(id)!.changes.findLast(({at}) => at <= Date.parse(day));
    expect(change).toMatchObject({name, daylight});
  });
});
