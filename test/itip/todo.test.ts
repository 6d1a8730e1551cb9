import {describe, expect, test} from 'vitest';
import {attendeeChange} from '../../src/itip/attendee.ts';
import {organizerChange} from '../../src/itip/organizer.ts';
import {receive} from '../../src/itip/receive.ts';
import {a, b, c, calendarIn, lines, me, message, now, object, vtodo} from './rfc5546.ts';

const todo = (...more: string[]) =>
  vtodo(
    'UID:calsrv.example.com-873970198738777-00',
    'DTSTAMP:19970717T200000Z',
    `ORGANIZER:${a}`,
    `ATTENDEE;ROLE=CHAIR;PARTSTAT=ACCEPTED:${a}`,
    `ATTENDEE;RSVP=TRUE:${b}`,
    `ATTENDEE;RSVP=TRUE:${c}`,
    'DTSTART:19970701T170000Z',
    'DUE:19970722T170000Z',
    'PRIORITY:1',
    'SUMMARY:Create the requirements document',
    ...more,
  );

const answered = (partstat: string, ...more: string[]) =>
  todo(...more).map(line => line.replace(`ATTENDEE;RSVP=TRUE:${b}`, `ATTENDEE;PARTSTAT=${partstat}:${b}`));

describe('RFC 5546 §4.5.1 a VTODO request', () => {
  test('everybody else is sent it; how far the organizer is stays at home', () => {
    const {messages} = organizerChange({
      before: undefined,
      after: object(todo('STATUS:IN-PROCESS', 'PERCENT-COMPLETE:10')),
      isMe: me(a),
      now,
    });
    expect(messages.map(({method, to}) => [method, to])).toEqual([
      ['REQUEST', b],
      ['REQUEST', c],
    ]);
    const sent = lines(messages[0]!.calendar);
    expect(sent).toContain('DUE:19970722T170000Z');
    expect(sent.some(line => /^(?:STATUS|PERCENT)/.test(line))).toBe(false);
  });
});

describe('RFC 5546 §4.5.2 to §4.5.5 VTODO replies', () => {
  test.each([
    ['accepted', 'ACCEPTED', []],
    ['in process', 'IN-PROCESS', ['PERCENT-COMPLETE:75', 'STATUS:IN-PROCESS']],
    ['completed', 'COMPLETED', ['PERCENT-COMPLETE:100', 'COMPLETED:19970720T100000Z', 'STATUS:COMPLETED']],
  ])('%s', (_, partstat, progress) => {
    const {calendar, reply} = attendeeChange({
      before: object(todo()),
      after: object(answered(partstat, ...progress)),
      isMe: me(b),
      now,
    });
    expect(lines(calendar)).toEqual(expect.arrayContaining(progress));
    expect(lines(reply!.calendar)).toEqual(expect.arrayContaining(progress));
    const received = receive({mine: object(todo()), message: reply!, isMe: me(a), now});
    expect(lines(received.calendar)).toContain(`ATTENDEE;PARTSTAT=${partstat};SCHEDULE-STATUS=2.0:${b}`);
  });

  test('progress alone is nobody else’s', () => {
    const {reply} = attendeeChange({before: object(todo()), after: object(todo('PERCENT-COMPLETE:20')), isMe: me(b), now});
    expect(reply).toBeUndefined();
  });
});

describe('RFC 5546 §4.5.3 a VTODO is updated', () => {
  test('another DUE asks anew; what an attendee has done of it stays theirs', () => {
    const later = todo('SEQUENCE:1').map(line => line.replace('DUE:19970722', 'DUE:19970729'));
    const {messages} = organizerChange({before: object(answered('ACCEPTED')), after: object(later), isMe: me(a), now});
    expect(messages.map(({sequence}) => sequence)).toEqual([1, 1]);
    const mine = object(answered('IN-PROCESS', 'PERCENT-COMPLETE:75', 'STATUS:IN-PROCESS'));
    const {calendar} = receive({mine, message: messages[0]!, isMe: me(b), now});
    expect(lines(calendar)).toEqual(expect.arrayContaining(['DUE:19970729T170000Z', 'PERCENT-COMPLETE:75', 'STATUS:IN-PROCESS']));
  });
});

describe('RFC 5546 §4.5.7 recurring VTODOs', () => {
  const daily = (...more: string[]) => todo('RRULE:FREQ=DAILY;COUNT=10', ...more);

  test('a reply to one of them makes an override', () => {
    const part = vtodo(
      'UID:calsrv.example.com-873970198738777-00',
      'DTSTAMP:19970718T200000Z',
      `ORGANIZER:${a}`,
      `ATTENDEE;PARTSTAT=COMPLETED:${b}`,
      'RECURRENCE-ID:19970703T170000Z',
    );
    const {calendar} = receive({mine: object(daily()), message: message('REPLY', b, a, part), isMe: me(a), now});
    expect(lines(calendarIn(calendar))).toEqual(
      expect.arrayContaining(['DTSTART:19970703T170000Z', 'DUE:19970724T170000Z', 'RECURRENCE-ID:19970703T170000Z']),
    );
  });

  test('one without DTSTART is counted by DUE', () => {
    const due = todo('RRULE:FREQ=DAILY;COUNT=10').filter(line => !line.startsWith('DTSTART'));
    const {messages} = organizerChange({
      before: object(due),
      after: object(due.toSpliced(-1, 0, 'EXDATE:19970724T170000Z')),
      isMe: me(a),
      now,
    });
    expect(messages.filter(({method}) => method === 'CANCEL')).toHaveLength(2);
    expect(lines(messages[0]!.calendar)).toContain('RECURRENCE-ID:19970724T170000Z');
  });
});
