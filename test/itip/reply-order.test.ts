import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Calendar} from '../../src/ical/parse.ts';
import type {Message} from '../../src/itip/message.ts';
import {counterpart} from '../../src/itip/organizer-data.ts';
import {attendeesOf, myself, partstatOf} from '../../src/itip/parties.ts';
import {receive} from '../../src/itip/receive.ts';
import {answersIn, inOrder, type LastAnswer} from '../../src/itip/reply-order.ts';
import {seriesOf} from '../../src/itip/series.ts';
import {a, b, lines, me, message, now, object, vevent} from './rfc5546.ts';

const asked = '1997-06-01T00:00:00Z';
const arrived = {at: now, asked: new Set([asked])};
const people = [`ORGANIZER:${a}`, `ATTENDEE;PARTSTAT=NEEDS-ACTION:${b}`];

const series = () =>
  object(
    vevent(
      'UID:1',
      'DTSTAMP:19970601T000000Z',
      'DTSTART:19970701T200000Z',
      'DURATION:PT1H',
      'RRULE:FREQ=DAILY;COUNT=5',
      ...people,
    ),
  );

/** B answers so in that second of a minute: the series, or its instance of that day of July. */
function answer(
  second: number,
  partstat: string,
  day?: number,
  stamp = `19970615T1200${String(second).padStart(2, '0')}Z`,
): Message {
  const id = day === undefined ? [] : [`RECURRENCE-ID:1997070${day}T200000Z`];
  return message('REPLY', b, a, part(stamp, partstat, id));
}

const part = (stamp: string, partstat: string, more: readonly string[] = []) =>
  vevent('UID:1', `DTSTAMP:${stamp}`, `ORGANIZER:${a}`, `ATTENDEE;PARTSTAT=${partstat}:${b}`, ...more);

/** The organizer's calendar once all have come in this order. */
function taken(replies: readonly Message[], mine: Calendar = series()): Calendar {
  const known = new Map<string, LastAnswer>();
  let calendar = mine;
  for (const reply of replies) {
    const message = inOrder(reply, [...known.values()], arrived);
    if (!message) continue;
    const received = receive({mine: calendar, message, isMe: me(a), now});
    if (received.calendar && received.calendar !== 'unchanged') calendar = received.calendar;
    for (const each of answersIn(message, arrived)) known.set(each.recurrence, each);
  }
  return calendar;
}

function partstat(calendar: Calendar, day?: number): string {
  const series = seriesOf(calendar);
  return partstatOf(myself(counterpart(series, day === undefined ? 'master' : Date.UTC(1997, 6, day, 20))!, me(b)));
}

describe('RFC 5546 §2.1.5 replies that overtake each other', () => {
  test('the later one by DTSTAMP counts, also where it says what had been said before', () => {
    expect(partstat(taken([answer(1, 'ACCEPTED'), answer(3, 'ACCEPTED'), answer(2, 'DECLINED')]))).toBe('ACCEPTED');
    expect(partstat(taken([answer(1, 'ACCEPTED'), answer(3, 'ACCEPTED'), answer(4, 'DECLINED')]))).toBe('DECLINED');
  });

  test('of two of the same second that counts which has come last', () => {
    expect(partstat(taken([answer(1, 'ACCEPTED'), answer(1, 'DECLINED')]))).toBe('DECLINED');
  });

  test('one with a higher SEQUENCE is about something newer, whatever the clock that it was stamped by says', () => {
    const newer = message('REPLY', b, a, part('19970615T110000Z', 'DECLINED', ['SEQUENCE:1']));
    expect(partstat(taken([answer(1, 'ACCEPTED'), newer]))).toBe('DECLINED');
  });

  test('a clock that is fast holds off no later answer, and the stamp of the invitation is none of the answer', () => {
    expect(
      partstat(
        taken([answer(0, 'ACCEPTED', undefined, '19990101T000000Z'), answer(0, 'DECLINED', undefined, '19970701T120000Z')]),
      ),
    ).toBe('DECLINED');
    expect(partstat(taken([answer(5, 'ACCEPTED'), answer(0, 'DECLINED', undefined, '19970601T000000Z')]))).toBe('DECLINED');
  });

  test('what was answered to one instance stands where an earlier answer to the series comes after it', () => {
    const calendar = taken([answer(1, 'ACCEPTED'), answer(3, 'ACCEPTED', 2), answer(2, 'DECLINED')]);
    expect([partstat(calendar), partstat(calendar, 2), partstat(calendar, 3)]).toEqual(['DECLINED', 'ACCEPTED', 'DECLINED']);
    expect(lines(calendar).filter(line => line.startsWith('RECURRENCE-ID'))).toEqual(['RECURRENCE-ID:19970702T200000Z']);
  });

  test('so it does where the earlier one is of all from an instance on, which is of that instance, too', () => {
    const from = (second: number, partstat: string, day: number) =>
      message(
        'REPLY',
        b,
        a,
        part(`19970615T12000${second}Z`, partstat, [`RECURRENCE-ID;RANGE=THISANDFUTURE:1997070${day}T200000Z`]),
      );
    const shown = (...replies: Message[]) => [1, 2, 3, 4].map(day => partstat(taken(replies), day)[0]).join('');
    expect(shown(answer(1, 'ACCEPTED'), answer(3, 'ACCEPTED', 3), from(2, 'DECLINED', 2))).toBe('ADAD');
    expect(shown(answer(1, 'ACCEPTED'), from(3, 'DECLINED', 2), answer(2, 'TENTATIVE', 2))).toBe('ADDD');
  });

  test('of one with several components only what was answered since is left out', () => {
    const both = message(
      'REPLY',
      b,
      a,
      part('19970615T120002Z', 'DECLINED'),
      part('19970615T120002Z', 'TENTATIVE', ['RECURRENCE-ID:19970703T200000Z']),
    );
    const calendar = taken([answer(3, 'ACCEPTED'), both]);
    expect([partstat(calendar), partstat(calendar, 3)]).toEqual(['ACCEPTED', 'TENTATIVE']);
  });

  test('in whatever order they come, the series shows the last answer to it, and an instance one that was given after that', () => {
    const day = fc.option(fc.integer({min: 1, max: 3}), {nil: undefined});
    const replies = fc
      .array(fc.record({day, partstat: fc.constantFrom('ACCEPTED', 'DECLINED', 'TENTATIVE')}), {minLength: 1, maxLength: 6})
      .chain(all => {
        const given = all.map(({day, partstat}, second) => ({second, day, partstat}));
        return fc.tuple(fc.constant(given), fc.shuffledSubarray(given, {minLength: given.length}));
      });
    fc.assert(
      fc.property(replies, ([given, came]) => {
        const calendar = taken(came.map(({second, partstat, day}) => answer(second, partstat, day)));
        expect(attendeesOf(seriesOf(calendar).master!)).toHaveLength(1);
        const last = given.findLast(({day}) => day === undefined);
        if (last) expect(partstat(calendar)).toBe(last.partstat);
        for (const day of [1, 2, 3]) {
          const own = given.findLast(each => each.day === day);
          if (own && own.second > (last?.second ?? -1)) expect(partstat(calendar, day)).toBe(own.partstat);
        }
      }),
    );
  });
});
