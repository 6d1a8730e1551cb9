import fc from 'fast-check';
import {iso} from '../../ical/text.ts';
import type {Filter, Text} from './oracle.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** The tests live around the days on which clocks change, in March 2026. */
const origin = Date.UTC(2026, 1, 20);

/** A time in the form it has in iCalendar: a DATE, in UTC, floating, or in a zone that is known by name. */
interface Form {
  readonly parameter: string;
  readonly print: (local: number) => string;
  readonly isDate: boolean;
}

const basic = (local: number) => iso(local).replace(/[-:]/g, '').slice(0, 15);
const forms: readonly Form[] = [
  {parameter: ';VALUE=DATE', print: local => basic(local).slice(0, 8), isDate: true},
  {parameter: '', print: local => `${basic(local)}Z`, isDate: false},
  {parameter: '', print: local => basic(local), isDate: false},
  ...['America/New_York', 'Europe/Berlin', 'Asia/Kolkata'].map(zone => ({
    parameter: `;TZID=${zone}`,
    print: (local: number) => basic(local),
    isDate: false,
  })),
];

export const zones: readonly string[] = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland'];

const chance = (outOf: number) => fc.integer({min: 1, max: outOf}).map(drawn => drawn === 1);
const some = <Value>(arbitrary: fc.Arbitrary<Value>, outOf = 2) =>
  chance(outOf).chain(there => (there ? arbitrary.map(value => [value]) : fc.constant<Value[]>([])));

const local = fc.integer({min: 0, max: 35 * 24}).map(hours => origin + hours * hour);
const duration = fc.constantFrom('PT1H', 'PT30M', 'P1D', 'PT36H', 'P1DT2H', 'PT0S', 'P1W');

const summary = fc.constantFrom('Lunch', 'lunch', 'LUNCH break', 'Café', 'CAFÉ', 'a\\, b\\; c', 'two\\nlines');
const details = fc
  .tuple(
    some(summary.map(value => `SUMMARY:${value}`)),
    some(fc.constantFrom('CATEGORIES:work,home', 'CATEGORIES:work')),
    some(fc.constantFrom('STATUS:CANCELLED', 'STATUS:TENTATIVE')),
    some(fc.constantFrom('X-COLOR;LANGUAGE=en:red', 'X-COLOR:green')),
    fc.array(
      fc
        .tuple(fc.constantFrom('ACCEPTED', 'DECLINED', 'NEEDS-ACTION'), fc.constantFrom('ann', 'bob'))
        .map(([partstat, who]) => `ATTENDEE;PARTSTAT=${partstat}:mailto:${who}@example.com`),
      {maxLength: 2},
    ),
  )
  .map(parts => parts.flat());

const offset = fc.constantFrom('-PT15M', 'PT0S', '-P1D', 'PT2H', '-P2DT1H');
const alarm = (related: boolean) =>
  fc
    .tuple(
      fc.oneof(
        fc.tuple(offset, related ? fc.constantFrom('', ';RELATED=START', ';RELATED=END') : fc.constant(';VALUE=DATE-TIME')),
        local.map((at): [string, string] => [`${basic(at)}Z`, ';VALUE=DATE-TIME']),
      ),
      some(fc.tuple(fc.integer({min: 1, max: 3}), fc.constantFrom('PT5M', 'PT3H')), 3),
    )
    .filter(([[value, parameter]]) => /T\d{6}Z$/.test(value) === (parameter === ';VALUE=DATE-TIME'))
    .map(([[value, parameter], [repeat]]) => [
      'BEGIN:VALARM',
      'ACTION:DISPLAY',
      'DESCRIPTION:x',
      `TRIGGER${parameter}:${value}`,
      ...(repeat ? [`REPEAT:${repeat[0]}`, `DURATION:${repeat[1]}`] : []),
      'END:VALARM',
    ]);

const weekdays = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** A rule that the start itself keeps to, and how many days lie between instances in the simplest case. */
const rule = (start: number, {print, isDate, parameter}: Form) =>
  fc
    .record({
      freq: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY'),
      interval: fc.integer({min: 1, max: 3}),
      more: fc.subarray(weekdays, {maxLength: 2}),
      monthDay: fc.constantFrom(1, 15, 29, 31, -1, -3),
      byDay: fc.boolean(),
      end: fc.constantFrom('none', 'count', 'until'),
      number: fc.integer({min: 1, max: 12}),
    })
    .map(({freq, interval, more, monthDay, byDay, end, number}) => {
      const date = new Date(start);
      const days = [...new Set([weekdays[date.getUTCDay()]!, ...more])];
      const until = start + number * 3 * day;
      const utc = parameter.startsWith(';TZID') ? `${basic(until + 12 * hour)}Z` : print(until);
      return [
        `FREQ=${freq}`,
        `INTERVAL=${interval}`,
        ...(byDay && freq !== 'MONTHLY' ? [`BYDAY=${days.join(',')}`] : []),
        ...(byDay && freq === 'MONTHLY' ? [`BYMONTHDAY=${date.getUTCDate()},${monthDay}`] : []),
        ...(end === 'count' ? [`COUNT=${number}`] : []),
        ...(end === 'until' ? [`UNTIL=${isDate ? print(until) : utc}`] : []),
      ].join(';');
    });

const block = (name: string, lines: readonly string[]) => [`BEGIN:${name}`, 'DTSTAMP:20260101T000000Z', ...lines, `END:${name}`];

/** What says how long an event or a task with a start takes. */
const lasting = (type: string, start: number, form: Form) =>
  fc.oneof(
    fc.constant<string[]>([]),
    (form.isDate ? fc.constantFrom('P1D', 'P2D', 'P1W') : duration).map(value => [`DURATION:${value}`]),
    fc.integer({min: 1, max: 60}).map(hours => {
      const later = form.isDate ? Math.ceil(hours / 24) * day : hours * hour;
      return [`${type === 'VTODO' ? 'DUE' : 'DTEND'}${form.parameter}:${form.print(start + later)}`];
    }),
  );

/** An event, or a task or a journal entry that has a start: alone, or a series with exceptions. */
const started = (type: string) =>
  fc.tuple(local, fc.constantFrom(...forms)).chain(([at, form]) => {
    const start = form.isDate ? Math.floor(at / day) * day : at;
    const time = (name: string, value: number) => `${name}${form.parameter}:${form.print(value)}`;
    const alarms = type === 'VJOURNAL' ? fc.constant([]) : some(alarm(true), 3);
    const ends = type === 'VJOURNAL' ? fc.constant<string[]>([]) : lasting(type, start, form);
    const single = fc.tuple(ends, details, alarms).map(parts => parts.flat(2));
    const moved = fc
      .tuple(fc.integer({min: 0, max: 6}), fc.integer({min: -30, max: 30}), single, chance(4))
      .map(([after, hours, lines, future]) => {
        const id = start + after * day;
        const to = id + (form.isDate ? Math.round(hours / 24) * day : hours * hour);
        return {
          id,
          future,
          lines: [
            time(future ? 'RECURRENCE-ID;RANGE=THISANDFUTURE' : 'RECURRENCE-ID', id),
            time('DTSTART', to),
            ...lines.filter(line => !/^(DTEND|DUE)/.test(line)),
          ],
        };
      });
    return fc
      .record({
        single,
        rule: some(rule(start, form)),
        exdates: fc.array(fc.integer({min: 1, max: 9}), {maxLength: 2}),
        exdays: fc.array(fc.integer({min: 1, max: 9}), {maxLength: 1}),
        rdates: fc.array(fc.integer({min: 1, max: 200}), {maxLength: 2}),
        overrides: fc.uniqueArray(moved, {maxLength: 2, selector: ({id}) => id}),
      })
      .map(({single: lines, rule: [rrule], exdates, exdays, rdates, overrides}) => {
        const recurs = rrule === undefined ? [] : [`RRULE:${rrule}`];
        const extra = rdates.map(each => time('RDATE', start + (form.isDate ? each * day : each * hour)));
        const except = [
          ...exdates.map(each => time('EXDATE', start + each * day)),
          ...exdays.map(each => `EXDATE;VALUE=DATE:${basic(start + each * day).slice(0, 8)}`),
        ];
        const isExcluded = (id: number) => [...exdates, ...exdays].some(each => start + each * day === id);
        const isSeries = recurs.length + extra.length > 0;
        // A series without an end, all of whose instances an override has changed, is followed for ever: that is for other tests.
        const ends = rrule === undefined || /COUNT|UNTIL/.test(rrule);
        const free = overrides.filter(({id, future}) => !isExcluded(id) && (ends || !future));
        return [
          ...block(type, ['UID:$', time('DTSTART', start), ...lines, ...recurs, ...extra, ...(isSeries ? except : [])]),
          ...(isSeries ? free : []).flatMap(override => block(type, ['UID:$', ...override.lines])),
        ];
      });
  });

/** A task without a start: the other rows of the table of VTODO. */
const unstarted = fc
  .tuple(local, fc.constantFrom(...forms))
  .chain(([at, form]) =>
    fc.tuple(
      some(fc.constant(`DUE${form.parameter}:${form.print(form.isDate ? Math.floor(at / day) * day : at)}`)),
      some(local.map(time => `COMPLETED:${basic(time)}Z`)),
      some(local.map(time => `CREATED:${basic(time)}Z`)),
      details,
      some(alarm(true), 3),
    ),
  )
  .map(parts => block('VTODO', ['UID:$', ...parts.flat(2)]));

/** A calendar object; `$` stands for its UID. */
export const object = fc
  .oneof(
    {weight: 4, arbitrary: started('VEVENT')},
    {weight: 2, arbitrary: started('VTODO')},
    {weight: 2, arbitrary: unstarted},
    {weight: 1, arbitrary: started('VJOURNAL')},
    {weight: 1, arbitrary: details.map(lines => block('VJOURNAL', ['UID:$', ...lines]))},
  )
  .map(lines => ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n'));

/** Mostly where the objects are; now and then so much later that no index has gone so far. */
const range = fc
  .tuple(
    fc.oneof({weight: 5, arbitrary: fc.integer({min: -3 * 24, max: 60 * 24})}, fc.integer({min: 600 * 24, max: 760 * 24})),
    fc.integer({min: 1, max: 80}),
    fc.constantFrom('both', 'both', 'start', 'end'),
  )
  .map(([from, hours, ends]) => ({
    start: ends === 'end' ? -Infinity : origin + from * hour,
    end: ends === 'start' ? Infinity : origin + (from + hours) * hour,
  }));

const text = (values: readonly string[]): fc.Arbitrary<Text> =>
  fc.record({
    value: fc.constantFrom(...values),
    collation: fc.constantFrom('i;ascii-casemap', 'i;octet', 'i;unicode-casemap'),
    type: fc.constantFrom('contains', 'contains', 'equals', 'starts-with', 'ends-with'),
    negate: chance(3),
  });

const absent = <Value extends Filter>(filter: fc.Arbitrary<Value>): fc.Arbitrary<Filter> =>
  fc.tuple(filter, chance(5)).map(([whole, not]) => (not ? {name: whole.name, absent: true} : whole));

const param = absent(
  fc.record(
    {name: fc.constantFrom('PARTSTAT', 'LANGUAGE', 'TZID'), text: text(['ACC', 'accepted', 'en', 'Europe'])},
    {requiredKeys: ['name']},
  ),
);

const prop = absent(
  fc.oneof(
    fc.record(
      {
        name: fc.constantFrom('SUMMARY', 'CATEGORIES', 'STATUS', 'X-COLOR', 'ATTENDEE'),
        text: text(['lunch', 'Lunch', 'café', 'É', 'a, b; c', 'work', 'CANCELLED', 'red', 'bob', '']),
        params: fc.array(param, {maxLength: 2}),
        anyOf: fc.boolean(),
      },
      {requiredKeys: ['name']},
    ),
    fc.record({name: fc.constantFrom('DTSTART', 'COMPLETED', 'CREATED', 'DTSTAMP', 'DUE'), range}, {requiredKeys: ['name']}),
  ),
);

const valarm = absent(fc.record({name: fc.constant('VALARM'), range}, {requiredKeys: ['name']}));

const comp = absent(
  fc
    .record(
      {
        name: fc.constantFrom('VEVENT', 'VEVENT', 'VTODO', 'VTODO', 'VJOURNAL', '*'),
        range,
        props: fc.array(prop, {maxLength: 2}),
        comps: some(valarm, 3),
        anyOf: chance(3),
      },
      {requiredKeys: ['name']},
    )
    .map(({comps, ...whole}) => (whole.name === 'VJOURNAL' || !comps ? whole : {...whole, comps})),
);

/** A filter for VCALENDAR. */
export const filter: fc.Arbitrary<Filter> = fc.record({
  name: fc.constant('VCALENDAR'),
  comps: fc.oneof({weight: 5, arbitrary: fc.array(comp, {minLength: 1, maxLength: 1})}, fc.array(comp, {maxLength: 3})),
  anyOf: chance(3),
});

/** The filter as CALDAV:filter says it. */
export function print(filter: Filter): string {
  return `<C:filter xmlns:C="urn:ietf:params:xml:ns:caldav">${printPart('comp', filter)}</C:filter>`;
}

function printPart(kind: string, filter: Filter): string {
  const {name, anyOf, absent: not, range: within, text: sought, props = [], comps = [], params = []} = filter;
  const at = (instant: number) => `${basic(instant)}Z`;
  const inner = [
    not ? '<C:is-not-defined/>' : '',
    within
      ? `<C:time-range${within.start > -Infinity ? ` start="${at(within.start)}"` : ''}${within.end < Infinity ? ` end="${at(within.end)}"` : ''}/>`
      : '',
    sought
      ? `<C:text-match collation="${sought.collation}" match-type="${sought.type}" negate-condition="${sought.negate ? 'yes' : 'no'}">${sought.value}</C:text-match>`
      : '',
    ...props.map(each => printPart('prop', each)),
    ...params.map(each => printPart('param', each)),
    ...comps.map(each => printPart('comp', each)),
  ];
  const test = anyOf === undefined || kind === 'param' ? '' : ` test="${anyOf ? 'anyof' : 'allof'}"`;
  return `<C:${kind}-filter name="${name}"${test}>${inner.join('')}</C:${kind}-filter>`;
}
