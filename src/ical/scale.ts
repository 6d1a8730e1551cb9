/** A month by its days since 1970, `end` not included. `number` 5.5: the leap month that follows the fifth, `5L` (RFC 7529 §4.2). */
export interface ScaleMonth {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** A year by its days since 1970, `end` not included. */
export interface ScaleYear {
  readonly start: number;
  readonly end: number;
  readonly months: readonly ScaleMonth[];
}

/** A calendar system, as far as recurrence rules count in it (RFC 7529). Years and months are numbered without gaps, from anywhere. */
export interface Scale {
  /** The largest number of a month that is no leap month. */
  readonly months: number;
  /** What looking through one year costs, in steps of a `Budget`. */
  readonly cost: number;
  yearOf(day: number): number;
  year(number: number): ScaleYear;
  monthOf(day: number): number;
  month(number: number): ScaleMonth;
}

const lunation = 29.530_59;

/**
 * The systems there are, by their names in CLDR (RFC 7529 §5), with the mean length of a year in days. `lunar`: months are lunations,
 * some years have a thirteenth. Those that are missing name Gregorian months and days, and other years only.
 */
const systems: Readonly<
  Record<string, {readonly year: number; readonly months: number; readonly lunar?: true; readonly cost?: number}>
> = {
  // What ICU works out astronomically takes its time.
  chinese: {year: 365.2425, months: 12, lunar: true, cost: 700},
  coptic: {year: 365.25, months: 13},
  dangi: {year: 365.2425, months: 12, lunar: true, cost: 700},
  ethioaa: {year: 365.25, months: 13},
  ethiopic: {year: 365.25, months: 13},
  hebrew: {year: 365.2468, months: 12, lunar: true},
  indian: {year: 365.2425, months: 12},
  islamic: {year: 12 * lunation, months: 12, lunar: true},
  'islamic-civil': {year: 12 * lunation, months: 12, lunar: true},
  'islamic-tbla': {year: 12 * lunation, months: 12, lunar: true},
  'islamic-umalqura': {year: 12 * lunation, months: 12, lunar: true},
  persian: {year: 365.2422, months: 12},
};

const likeGregorian = ['gregorian', 'buddhist', 'japanese', 'roc'];

/** §5: other names of the same. */
const aliases: Readonly<Record<string, string>> = {
  gregory: 'gregorian',
  iso8601: 'gregorian',
  'ethiopic-amete-alem': 'ethioaa',
  islamicc: 'islamic-civil',
};

const known = new Set(Intl.supportedValuesOf('calendar'));

/** The values of RSCALE that are understood, in the case that is preferred. */
export const scaleNames: readonly string[] = [...likeGregorian, ...Object.keys(systems).filter(name => known.has(name))].map(
  name => name.toUpperCase(),
);

const scales = new Map<string, Scale>();

/** The calendar system of an RSCALE; undefined: not known here. */
export function scaleOf(rscale: string): Scale | undefined {
  const lower = rscale.toLowerCase();
  const name = Object.hasOwn(aliases, lower) ? aliases[lower]! : lower;
  if (!scaleNames.includes(name.toUpperCase())) return undefined;
  let scale = scales.get(name);
  if (!scale) {
    scale = likeGregorian.includes(name) ? gregorian : intlScale(name);
    scales.set(name, scale);
  }
  return scale;
}

const length = 86_400_000;

/** The first day of a month (0 to 11, or beyond), as days since 1970. */
function firstDay(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1) / length;
}

const gregorian: Scale = {
  months: 12,
  cost: 366,
  yearOf: day => new Date(day * length).getUTCFullYear(),
  year: number => ({
    start: firstDay(number, 0),
    end: firstDay(number + 1, 0),
    // Days of a year are asked for much more often.
    get months() {
      return Array.from({length: 12}, (_, month) => gregorian.month(number * 12 + month));
    },
  }),
  monthOf: day => new Date(day * length).getUTCFullYear() * 12 + new Date(day * length).getUTCMonth(),
  month: number => ({
    number: (((number % 12) + 12) % 12) + 1,
    start: firstDay(0, number),
    end: firstDay(0, number + 1),
  }),
};

const maxRemembered = 2000;

/** A system that ICU knows. It says of a day which it is in its month, and what the month is called; all else follows from that. */
function intlScale(name: string): Scale {
  const system = systems[name]!;
  const format = new Intl.DateTimeFormat(`en-u-ca-${name}`, {timeZone: 'UTC', month: 'numeric', day: 'numeric'});
  const partsOf = (day: number) => {
    let month = '';
    let dayOfMonth = 1;
    for (const {type, value} of format.formatToParts(day * length)) {
      if (type === 'month') month = value;
      if (type === 'day') dayOfMonth = Number(value);
    }
    return {month, start: day - dayOfMonth + 1};
  };
  const yearWith = (day: number): ScaleYear => {
    let first = partsOf(day);
    for (let left = 13; left > 0 && !isFirst(first.month); left--) first = partsOf(first.start - 1);
    const found: {month: string; start: number}[] = [first];
    for (;;) {
      // No month has more than 31 days, nor fewer than 28, but for a last one of 5.
      const next = partsOf(found.at(-1)!.start + 31);
      if (isFirst(next.month) || found.length > 13)
        return {start: first.start, end: next.start, months: numbered(found, next.start)};
      found.push(next);
    }
  };
  const epoch = yearWith(0).start;
  const years = new Map<number, ScaleYear>();
  const year = (number: number): ScaleYear => {
    let found = years.get(number);
    if (!found) {
      const before = years.get(number - 1);
      found = yearWith(before?.end ?? Math.round(epoch + (number + 0.5) * system.year));
      if (years.size >= maxRemembered) years.clear();
      years.set(number, found);
    }
    return found;
  };
  const yearOf = (day: number): number => {
    const number = Math.floor((day - epoch) / system.year);
    return day < year(number).start ? number - 1 : day >= year(number).end ? number + 1 : number;
  };
  const place = (day: number) => {
    const number = yearOf(day);
    const {months} = year(number);
    const at = Math.max(
      months.findIndex(month => day < month.end),
      0,
    );
    return {number, at, month: months[at]!};
  };
  return {
    months: system.months,
    cost: system.cost ?? 366,
    yearOf,
    year,
    monthOf(day) {
      const {number, at, month} = place(day);
      return system.lunar ? Math.round((month.start - epoch) / lunation) : number * system.months + at;
    },
    month(number) {
      if (system.lunar) return place(Math.round(epoch + (number + 0.5) * lunation)).month;
      return year(Math.floor(number / system.months)).months[((number % system.months) + system.months) % system.months]!;
    },
  };
}

function isFirst(month: string): boolean {
  return month === '1' || month === 'Mo1' || month === 'Tishri';
}

/** Months in their order, with their numbers: Chinese leap months are told by name (`Mo9bis`), the Hebrew one by its place (§4.2). */
function numbered(months: readonly {month: string; start: number}[], end: number): ScaleMonth[] {
  const isHebrew = months[0]!.month === 'Tishri';
  let number = 0;
  return months.map(({month, start}, at) => {
    const leap = isHebrew ? months.length === 13 && at === 5 : month.endsWith('bis');
    if (!leap) number++;
    return {number: leap ? number + 0.5 : number, start, end: months[at + 1]?.start ?? end};
  });
}
