import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {type AutoScheduleMode, modeNames} from '../../src/accounts/auto-schedule-mode.ts';
import {parseDirectory} from '../../src/accounts/load.ts';
import type {TimeRange} from '../../src/base/time-range.ts';
import {busyPeriods} from '../../src/ical/free-busy.ts';
import {ianaZone} from '../../src/ical/iana-zone.ts';
import {allProperties, jcalOf, mainComponents, textOf} from '../../src/ical/jcal.ts';
import {type Calendar, parseCalendar} from '../../src/ical/parse.ts';
import {utc, type Zone} from '../../src/ical/zone.ts';
import {sameAddress} from '../../src/itip/address.ts';
import {myself, partstatOf} from '../../src/itip/parties.ts';
import {autoSchedule} from '../../src/scheduling/auto-schedule.ts';
import {modeFor} from '../../src/scheduling/auto-schedule-modes.ts';
import {dropCancelled} from '../../src/scheduling/drop-cancelled.ts';

const room = 'mailto:attic@example.com';
const isMe = (address: string) => sameAddress(address, room);
const hour = 3_600_000;
const day = 24 * hour;
const now = Date.UTC(2030, 0, 10, 12);

const event = (lines: readonly string[], partstat = 'NEEDS-ACTION', uid = 'one') =>
  [
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTAMP:20300101T000000Z',
    ...lines,
    'ORGANIZER:mailto:ann@example.com',
    'ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.com',
    `ATTENDEE;PARTSTAT=${partstat};RSVP=TRUE;CUTYPE=ROOM:${room}`,
    'TRANSP:TRANSPARENT',
    'SUMMARY:Talk',
    'END:VEVENT',
  ].join('\r\n');
const calendar = (...events: string[]) =>
  parseCalendar(['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...events, 'END:VCALENDAR', ''].join('\r\n'));

/** PARTSTATs by RECURRENCE-ID (`''`: the series), and the reply’s. */
const said = (of: Calendar | undefined) =>
  of && Object.fromEntries(mainComponents(of).map(part => [textOf(part, 'recurrence-id') ?? '', partstatOf(myself(part, isMe))]));

interface Given {
  mode?: AutoScheduleMode;
  before?: Calendar;
  busy?: readonly TimeRange[];
  zone?: Zone;
}
const answer = async (asked: Calendar, {mode = 'automatic', before, busy = [], zone = utc}: Given = {}) => {
  const result = await autoSchedule({mode, before, calendar: asked, isMe, zone, now, busy: async () => busy});
  return {...result, said: said(result.calendar), replied: said(result.reply?.calendar)};
};
const at = (date: string, hours = 1): TimeRange => ({start: Date.parse(date), end: Date.parse(date) + hours * hour});

const single = calendar(event(['DTSTART:20300115T100000Z', 'DURATION:PT1H']));
const daily = calendar(event(['DTSTART:20300115T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=5']));

describe('the modes of a room', () => {
  test.each([
    ['none', undefined, undefined],
    ['accept-always', 'ACCEPTED', 'ACCEPTED'],
    ['decline-always', 'DECLINED', 'DECLINED'],
    ['accept-if-free', 'ACCEPTED', undefined],
    ['decline-if-busy', undefined, 'DECLINED'],
    ['automatic', 'ACCEPTED', 'DECLINED'],
  ] as const)('%s answers %s where it is free, and %s where it is not', async (mode, free, taken) => {
    const [first, second] = [await answer(single, {mode}), await answer(single, {mode, busy: [at('2030-01-15T10:30Z')]})];
    expect(first.replied?.['']).toBe(free);
    expect(second.replied?.['']).toBe(taken);
    expect(first.said).toEqual({'': free ?? 'NEEDS-ACTION'});
    expect(second.said).toEqual({'': taken ?? 'NEEDS-ACTION'});
  });

  test('there is a row for each', () => expect(modeNames).toHaveLength(6));

  test('who is in the auto-accept group is answered as in automatic, by groups within groups too', () => {
    const directory = parseDirectory(
      `<accounts realm="r"><user><uid>ann</uid><email-address>ann@example.com</email-address></user>
       <user><uid>bob</uid><email-address>bob@example.com</email-address></user>
       <group><uid>staff</uid><members><member>ann</member></members></group>
       <group><uid>all</uid><members><member type="groups">staff</member></members></group>
       <location><uid>attic</uid><auto-schedule-mode>decline-always</auto-schedule-mode><auto-accept-group>all</auto-accept-group></location>
       </accounts>`,
      'accounts.xml',
    );
    const attic = directory.findByName('locations', 'attic')!;
    expect(modeFor(attic, 'MAILTO:Ann@example.com', directory)).toBe('automatic');
    expect(modeFor(attic, 'mailto:bob@example.com', directory)).toBe('decline-always');
    expect(modeFor(attic, 'mailto:nobody@example.org', directory)).toBe('decline-always');
  });
});

describe('RFC 5546 §3.2.3: a room replies', () => {
  test('what it accepts takes its time, what it declines does not; nobody is asked any more', async () => {
    const yes = await answer(single);
    const [part] = mainComponents(yes.calendar);
    expect(allProperties(part!, 'transp')).toEqual([]);
    expect(myself(part!, isMe)?.[1].rsvp).toBeUndefined();
    expect(yes.reply).toMatchObject({method: 'REPLY', from: room, to: 'mailto:ann@example.com', uid: 'one'});
    const no = await answer(single, {busy: [at('2030-01-15T10:30Z')]});
    expect(textOf(mainComponents(no.calendar)[0]!, 'transp')).toBe('TRANSPARENT');
    expect(said(single)).toEqual({'': 'NEEDS-ACTION'});
  });

  test('what ends as it begins, or begins as it ends, is no conflict', async () => {
    const {replied} = await answer(single, {busy: [at('2030-01-15T09:00Z'), at('2030-01-15T11:00Z')]});
    expect(replied).toEqual({'': 'ACCEPTED'});
  });

  test('a series is accepted but for the instances that are taken', async () => {
    const answered = await answer(daily, {busy: [at('2030-01-17T10:00Z')]});
    expect(answered.said).toEqual({'': 'ACCEPTED', '2030-01-17T10:00:00Z': 'DECLINED'});
    expect(answered.replied).toEqual(answered.said);
  });

  test('a series is declined but for the instances that are free, where most are not', async () => {
    const {said} = await answer(daily, {busy: [{start: Date.UTC(2030, 0, 16), end: Date.UTC(2030, 1)}]});
    expect(said).toEqual({'': 'DECLINED', '2030-01-15T10:00:00Z': 'ACCEPTED'});
  });

  test('accept-if-free leaves to somebody what is taken', async () => {
    const {said} = await answer(daily, {mode: 'accept-if-free', busy: [at('2030-01-17T10:00Z')]});
    expect(said).toEqual({'': 'ACCEPTED', '2030-01-17T10:00:00Z': 'NEEDS-ACTION'});
  });

  test('somebody is shown what is left to answer, and nothing else', async () => {
    expect((await answer(daily)).isDone).toBe(true);
    expect((await answer(daily, {mode: 'accept-if-free', busy: [at('2030-01-17T10:00Z')]})).isDone).toBe(false);
    expect((await answer(daily, {mode: 'decline-if-busy', busy: [at('2030-01-17T10:00Z')]})).isDone).toBe(false);
    expect((await answer(calendar(event(['DTSTART:20300109T100000Z', 'DURATION:PT1H'])))).isDone).toBe(true);
    expect((await answer(daily, {mode: 'none'})).isDone).toBe(false);
  });

  test('instances it is invited to alone are answered each by itself', async () => {
    const two = calendar(
      event(['RECURRENCE-ID:20300116T100000Z', 'DTSTART:20300116T103000Z', 'DURATION:PT1H']),
      event(['RECURRENCE-ID:20300117T100000Z', 'DTSTART:20300117T103000Z', 'DURATION:PT1H']),
    );
    const {replied} = await answer(two, {busy: [at('2030-01-16T11:00Z')]});
    expect(replied).toEqual({'2030-01-16T10:00:00Z': 'DECLINED', '2030-01-17T10:00:00Z': 'ACCEPTED'});
  });

  test('a series without end is looked at for two years, and answered within bounds', async () => {
    const endless = calendar(event(['DTSTART:20300115T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY']));
    expect((await answer(endless)).said).toEqual({'': 'ACCEPTED'});
    const {said} = await answer(endless, {busy: [{start: now, end: Date.UTC(2031, 0)}]});
    expect(said).toEqual({'': 'DECLINED'});
    const mad = calendar(event(['DTSTART:20300115T100000Z', 'DURATION:PT1S', 'RRULE:FREQ=SECONDLY']));
    expect((await answer(mad)).said).toEqual({'': 'DECLINED'});
    expect((await answer(mad, {mode: 'accept-always'})).said).toEqual({'': 'ACCEPTED'});
  });

  test('a series of many years is not too long for what is past of it', async () => {
    const old = calendar(event(['DTSTART:20100115T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY']));
    expect((await answer(old)).said).toEqual({'': 'ACCEPTED'});
  });

  test('what is past is left as it is', async () => {
    const past = calendar(event(['DTSTART:20300109T100000Z', 'DURATION:PT1H']));
    expect((await answer(past)).calendar).toBe(past);
    const partly = calendar(event(['DTSTART:20300109T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=5']));
    expect((await answer(partly)).said).toEqual({
      '': 'ACCEPTED',
      '2030-01-09T10:00:00Z': 'NEEDS-ACTION',
      '2030-01-10T10:00:00Z': 'NEEDS-ACTION',
    });
  });

  test('a day is the room’s own', async () => {
    const whole = calendar(event(['DTSTART;VALUE=DATE:20300115']));
    const zone = ianaZone('America/New_York')!;
    const evening = [at('2030-01-16T03:00Z')];
    expect((await answer(whole, {zone, busy: evening})).said).toEqual({'': 'DECLINED'});
    expect((await answer(whole, {busy: evening})).said).toEqual({'': 'ACCEPTED'});
    const floating = calendar(event(['DTSTART:20300115T220000', 'DURATION:PT1H']));
    expect((await answer(floating, {zone, busy: evening})).said).toEqual({'': 'DECLINED'});
  });

  test('what is answered and is the same still is not answered again; what was moved is', async () => {
    const first = (await answer(daily)).calendar;
    expect((await answer(first, {before: first, busy: [at('2030-01-17T10:00Z')]})).reply).toBeUndefined();
    const moved = calendar(event(['DTSTART:20300115T110000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=5'], 'ACCEPTED'));
    const {said} = await answer(moved, {before: first, busy: [at('2030-01-17T11:00Z')]});
    expect(said).toEqual({'': 'ACCEPTED', '2030-01-17T11:00:00Z': 'DECLINED'});
    const more = calendar(event(['DTSTART:20300115T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=6'], 'ACCEPTED'));
    expect((await answer(more, {before: first, busy: [at('2030-01-20T10:00Z')]})).said).toEqual({
      '': 'ACCEPTED',
      '2030-01-20T10:00:00Z': 'DECLINED',
    });
  });

  test('what nobody organizes, or is for others, or a task, is left alone', async () => {
    const [part] = jcalOf(single)[2];
    const lone = parseCalendar(String(calendar(event(['DTSTART:20300115T100000Z']))?.component));
    mainComponents(lone)[0]![1] = part![1].filter(([name]) => name !== 'organizer');
    expect((await answer(lone)).calendar).toBe(lone);
    const task = calendar(event(['DTSTART:20300115T100000Z']).replaceAll('VEVENT', 'VTODO'));
    expect((await answer(task)).calendar).toBe(task);
  });
});

describe('what is cancelled goes from a room’s calendar', () => {
  const cancelled = (of: string) => of.replace('END:VEVENT', 'STATUS:CANCELLED\r\nEND:VEVENT');
  const master = event(['DTSTART:20300115T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=5'], 'ACCEPTED');
  const third = event(['RECURRENCE-ID:20300117T100000Z', 'DTSTART:20300117T100000Z', 'DURATION:PT1H'], 'ACCEPTED');

  test('the whole, or an instance by EXDATE', () => {
    const kept = calendar(master, third);
    expect(dropCancelled(kept)).toBe(kept);
    expect(dropCancelled(calendar(cancelled(master), cancelled(third)))).toBeUndefined();
    const left = dropCancelled(calendar(master, cancelled(third)))!;
    expect(said(left)).toEqual({'': 'ACCEPTED'});
    expect(allProperties(mainComponents(left)[0]!, 'exdate')[0]?.slice(3)).toEqual(['2030-01-17T10:00:00Z']);
    expect(dropCancelled(calendar(cancelled(third)))).toBeUndefined();
  });
});

describe('a room among random invitations', () => {
  const invitations = fc.array(
    fc.record({
      start: fc.integer({min: -48, max: 24 * 20}),
      hours: fc.integer({min: 1, max: 30}),
      freq: fc.constantFrom('', 'DAILY', 'WEEKLY', 'MONTHLY'),
      count: fc.option(fc.integer({min: 1, max: 40}), {nil: undefined}),
      zone: fc.constantFrom('', 'Z', 'DATE'),
      override: fc.option(fc.integer({min: -40, max: 40}), {nil: undefined}),
    }),
    {minLength: 1, maxLength: 8},
  );

  test('is never taken twice at once', async () => {
    const zone = ianaZone('Europe/Vienna')!;
    const text = (instant: number) => new Date(instant).toISOString().replace(/[-:]|\.000Z/g, '');
    await fc.assert(
      fc.asyncProperty(invitations, async list => {
        const stored: Calendar[] = [];
        const range = {start: now, end: now + 700 * day};
        const busyOf = (of: Calendar, within: TimeRange) => busyPeriods(of, within, zone) ?? [];
        for (const [at, {start, hours, freq, count, zone: form, override}] of list.entries()) {
          const [suffix, length] = [form === 'Z' ? 'Z' : '', form === 'DATE' ? `P${Math.ceil(hours / 24)}D` : `PT${hours}H`];
          const time = (name: string, instant: number) =>
            form === 'DATE' ? `${name};VALUE=DATE:${text(instant).slice(0, 8)}` : `${name}:${text(instant)}${suffix}`;
          const begins = now + start * hour;
          // That a series overlaps itself is its organizer's own matter.
          const rule = freq && hours < 24 ? [`RRULE:FREQ=${freq}${count ? `;COUNT=${count}` : ''}`] : [];
          const parts = [event([time('DTSTART', begins), `DURATION:${length}`, ...rule], 'NEEDS-ACTION', `event-${at}`)];
          if (rule.length > 0 && override !== undefined) {
            const lines = [time('RECURRENCE-ID', begins), time('DTSTART', begins + override * hour), `DURATION:${length}`];
            parts.push(event(lines, 'NEEDS-ACTION', `event-${at}`));
          }
          const {calendar: kept} = await autoSchedule({
            mode: 'automatic',
            before: undefined,
            calendar: calendar(...parts),
            isMe,
            zone,
            now,
            busy: async within => stored.flatMap(each => busyOf(each, within)),
          });
          stored.push(kept);
        }
        const all = stored.flatMap((each, of) => busyOf(each, range).map(period => ({...period, of})));
        let open: typeof all = [];
        for (const period of all.sort((a, b) => a.start - b.start)) {
          open = open.filter(({end}) => end > period.start);
          expect(open.filter(({of}) => of !== period.of)).toEqual([]);
          open.push(period);
        }
      }),
      {numRuns: 100},
    );
  });
});
