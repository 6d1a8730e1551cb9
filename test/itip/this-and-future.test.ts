import {describe, expect, test} from 'vitest';
import type {Calendar} from '../../src/ical/parse.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {printCalendar} from '../../src/ical/print.ts';
import {attendeeChange} from '../../src/itip/attendee.ts';
import type {Message} from '../../src/itip/message.ts';
import {organizerChange} from '../../src/itip/organizer.ts';
import {counterpart} from '../../src/itip/organizer-data.ts';
import {myself, partstatOf} from '../../src/itip/parties.ts';
import {receive} from '../../src/itip/receive.ts';
import {excludedIn, instanceOf, seriesOf} from '../../src/itip/series.ts';
import {a, b, c, calendarIn, lines, me, message, now, object, vevent} from './rfc5546.ts';

const who = (partstat: string) => [`ORGANIZER:${a}`, `ATTENDEE;PARTSTAT=${partstat}:${b}`, `ATTENDEE;PARTSTAT=NEEDS-ACTION:${c}`];
const head = ['UID:1', 'DTSTAMP:19970601T000000Z'];

/** Six days from the first of July at 20:00. */
const daily = (partstat = 'NEEDS-ACTION') =>
  vevent(
    ...head,
    'DTSTART:19970701T200000Z',
    'DTEND:19970701T210000Z',
    'RRULE:FREQ=DAILY;COUNT=6',
    'SUMMARY:Talk',
    ...who(partstat),
  );

const at = (hour: number) => `${String(hour).padStart(2, '0')}0000`;

const on = (day: number, range: '' | ';RANGE=THISANDFUTURE', partstat: string, hour = 20, summary = 'Talk') =>
  vevent(
    ...head,
    `RECURRENCE-ID${range}:1997070${day}T200000Z`,
    `DTSTART:1997070${day}T${at(hour)}Z`,
    `DTEND:1997070${day}T${at(hour + 1)}Z`,
    `SUMMARY:${summary}`,
    ...who(partstat),
  );

const future = ';RANGE=THISANDFUTURE' as const;

const reply = (partstat: string, day: number, range = '', more: readonly string[] = []) =>
  vevent(
    'UID:1',
    'DTSTAMP:19970602T000000Z',
    `ORGANIZER:${a}`,
    `ATTENDEE;PARTSTAT=${partstat}:${b}`,
    `RECURRENCE-ID${range}:1997070${day}T200000Z`,
    ...more,
  );

const key = (day: number) => Date.UTC(1997, 6, day, 20);

/** What somebody has answered to each of the six, and `-` where it is not there. */
function answers(calendar: Calendar, address = b): string {
  const series = seriesOf(calendar);
  return [1, 2, 3, 4, 5, 6]
    .map(day => {
      const part = excludedIn(series).has(key(day)) ? undefined : counterpart(series, key(day));
      return part ? partstatOf(myself(part, me(address)))[0] : '-';
    })
    .join('');
}

const replied = (mine: Calendar, ...parts: string[][]) =>
  calendarIn(receive({mine, message: message('REPLY', b, a, ...parts), isMe: me(a), now}).calendar);

const asked = (mine: Calendar, sent: Message) => calendarIn(receive({mine, message: sent, isMe: me(sent.to), now}).calendar);

describe('RFC 5546 §3.2.3 a REPLY with RANGE=THISANDFUTURE', () => {
  test('is of its instance and all that follow', () => {
    const calendar = replied(object(daily()), reply('ACCEPTED', 3, future));
    expect(answers(calendar)).toBe('NNAAAA');
    expect(answers(calendar, c)).toBe('NNNNNN');
    expect(lines(calendar)).toContain('RECURRENCE-ID;RANGE=THISANDFUTURE:19970703T200000Z');
    const again = receive({mine: calendar, message: message('REPLY', b, a, reply('ACCEPTED', 3, future)), isMe: me(a), now});
    expect(again.calendar).toBe('unchanged');
  });

  test('goes for overrides that others’ answers have made, and not for what was answered otherwise', () => {
    const mine = object(daily(), on(4, '', 'NEEDS-ACTION'), on(5, '', 'DECLINED'));
    expect(answers(replied(mine, reply('ACCEPTED', 3, future)))).toBe('NNAADA');
  });

  test('names instances after it that are answered otherwise', () => {
    expect(answers(replied(object(daily()), reply('ACCEPTED', 3, future), reply('DECLINED', 5)))).toBe('NNAADA');
  });

  test('where its own instance is another time, says nothing of the times of the rest', () => {
    const calendar = replied(object(daily(), on(3, '', 'NEEDS-ACTION', 9, 'Early')), reply('ACCEPTED', 3, future));
    expect(answers(calendar)).toBe('NNAAAA');
    const series = seriesOf(calendar);
    expect(instanceOf(series, key(5))![1].find(([name]) => name === 'dtstart')?.[3]).toBe('1997-07-05T20:00:00Z');
  });

  test('stands where a later answer is of one instance of it alone', () => {
    const rest = replied(object(daily()), reply('ACCEPTED', 3, future));
    expect(answers(replied(rest, reply('DECLINED', 4)))).toBe('NNADAA');
    expect(answers(replied(rest, reply('DECLINED', 3)))).toBe('NNDAAA');
    expect(answers(replied(rest, reply('NEEDS-ACTION', 3), reply('DECLINED', 5)))).toBe('NNAADA');
  });

  test('an answer to one instance that is the series’ is one where those from there on are answered otherwise', () => {
    const rest = replied(object(daily('ACCEPTED')), reply('DECLINED', 3, future));
    expect(answers(replied(rest, reply('ACCEPTED', 5)))).toBe('AADDAD');
  });

  test('is kept where the organizer’s client leaves its override out', () => {
    const before = replied(object(daily()), reply('ACCEPTED', 3, future));
    const {calendar} = organizerChange({before, after: object(daily()), isMe: me(a), now});
    expect(answers(calendar!)).toBe('NNAAAA');
  });
});

describe('RFC 6638 §3.2.2.1 an attendee’s override with RANGE=THISANDFUTURE', () => {
  const change = (before: Calendar, after: Calendar) => attendeeChange({before, after, isMe: me(b), now}).reply;

  test('is answered with one', () => {
    const sent = change(object(daily()), object(daily(), on(3, future, 'DECLINED')))!;
    expect(lines(sent.calendar)).toContain('RECURRENCE-ID;RANGE=THISANDFUTURE:19970703T200000Z');
    const received = receive({mine: object(daily()), message: sent, isMe: me(a), now});
    expect(answers(calendarIn(received.calendar))).toBe('NNDDDD');
  });

  test('that is put in place of one for its instance alone is, too', () => {
    const sent = change(object(daily(), on(3, '', 'DECLINED')), object(daily(), on(3, future, 'DECLINED')))!;
    const mine = object(daily(), on(3, '', 'DECLINED'));
    expect(answers(calendarIn(receive({mine, message: sent, isMe: me(a), now}).calendar))).toBe('NNDDDD');
  });

  test('names what is answered otherwise after it', () => {
    const [was, is] = [on(5, '', 'DECLINED'), on(3, future, 'ACCEPTED')];
    const sent = change(object(daily('DECLINED'), was), object(daily('DECLINED'), was, is))!;
    const mine = object(daily('DECLINED'), was);
    expect(answers(calendarIn(receive({mine, message: sent, isMe: me(a), now}).calendar))).toBe('DDAADA');
  });

  test('that is taken away again is answered for all of them', () => {
    const sent = change(object(daily('ACCEPTED'), on(3, future, 'DECLINED')), object(daily('ACCEPTED')))!;
    const mine = object(daily('ACCEPTED'), on(3, future, 'DECLINED'));
    expect(answers(calendarIn(receive({mine, message: sent, isMe: me(a), now}).calendar))).toBe('AAAAAA');
  });

  test('changes nothing of the organizer’s: one that moves them is refused, and the organizer’s stays one', () => {
    expect(() => change(object(daily()), object(daily(), on(3, future, 'ACCEPTED', 9)))).toThrow('DTEND and DTSTART');
    const mine = object(daily(), on(3, future, 'NEEDS-ACTION', 9));
    const {calendar} = attendeeChange({before: mine, after: object(daily(), on(3, '', 'NEEDS-ACTION', 9)), isMe: me(b), now});
    expect(lines(calendar)).toContain('RECURRENCE-ID;RANGE=THISANDFUTURE:19970703T200000Z');
  });
});

describe('RFC 5546 §4.4.5 an organizer’s override with RANGE=THISANDFUTURE', () => {
  const change = (before: Calendar, after: Calendar) => organizerChange({before, after, isMe: me(a), now});

  test('is told as such, also where it was one for its instance alone, and who is asked is asked about all that are moved', () => {
    const [before, after] = [
      object(daily('ACCEPTED'), on(3, '', 'ACCEPTED', 9)),
      object(daily('ACCEPTED'), on(3, future, 'ACCEPTED', 9)),
    ];
    const {calendar, messages} = change(before, after);
    expect(messages.map(({method, to}) => `${method} ${to}`)).toEqual([`REQUEST ${b}`, `REQUEST ${c}`]);
    expect(lines(messages[0]!.calendar)).toContain('RECURRENCE-ID;RANGE=THISANDFUTURE:19970703T200000Z');
    expect(answers(calendar!)).toBe('AANNNN');
  });

  test('reaches instances that an attendee has overrides of for their own answer alone', () => {
    const before = object(daily(), on(5, '', 'DECLINED'));
    const {messages} = change(
      before,
      object(daily(), on(3, future, 'NEEDS-ACTION', 20, 'Long talk'), on(5, '', 'DECLINED', 20, 'Long talk')),
    );
    const first = messages.find(({to}) => to === b)!;
    const onlyThree = message(
      'REQUEST',
      a,
      b,
      on(3, future, 'NEEDS-ACTION', 20, 'Long talk').map(line => line.replace('0601T', '0602T')),
    );
    for (const sent of [first, onlyThree]) {
      const mine = asked(before, sent);
      expect(
        seriesOf(mine)
          .overrides.get(key(5))![1]
          .find(([name]) => name === 'summary')?.[3],
      ).toBe('Long talk');
      expect(answers(mine)).toBe('NNNNDN');
    }
  });

  test('of what somebody is not invited to any more is a CANCEL of all that follow, and their series ends', () => {
    const text = printCalendar(object(daily(), on(3, future, 'NEEDS-ACTION')));
    const begin = text.lastIndexOf('BEGIN:VEVENT');
    const after = parseCalendar(text.slice(0, begin) + text.slice(begin).replace(/ATTENDEE[^\r]*:mailto:b@example.com\r\n/, ''));
    const {messages} = change(object(daily()), after);
    const [cancel] = messages.filter(({to}) => to === b);
    expect(cancel!.method).toBe('CANCEL');
    expect(lines(cancel!.calendar)).toContain('RECURRENCE-ID;RANGE=THISANDFUTURE:19970703T200000Z');
    expect(answers(asked(object(daily()), cancel!))).toBe('NN----');
    const anew = change(object(daily()), parseCalendar(printCalendar(after).replaceAll('SUMMARY:Talk', 'SUMMARY:Walk')));
    for (const sent of anew.messages.filter(({to, method}) => to === b && method === 'REQUEST')) {
      expect(answers(asked(object(daily()), sent))).toBe('NN----');
    }
    expect(anew.messages.some(({to, method}) => to === b && method === 'REQUEST')).toBe(true);
  });

  test('one that is cancelled from its first instance on is cancelled: a series without instances is shown by nobody, or by its first', () => {
    const cancel = vevent(
      'UID:1',
      'DTSTAMP:19970602T000000Z',
      `ORGANIZER:${a}`,
      `ATTENDEE:${b}`,
      'RECURRENCE-ID;RANGE=THISANDFUTURE:19970701T200000Z',
      'STATUS:CANCELLED',
    );
    const {calendar} = receive({mine: object(daily('ACCEPTED')), message: message('CANCEL', a, b, cancel), isMe: me(b), now});
    expect(lines(calendar)).toEqual(expect.arrayContaining(['STATUS:CANCELLED', 'RRULE:FREQ=DAILY;COUNT=6']));
  });
});
