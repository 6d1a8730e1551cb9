import ICAL from 'ical.js';
import {describe, expect, test} from 'vitest';
import {jcalOf, mainComponents} from '../../src/ical/jcal.ts';
import type {Calendar} from '../../src/ical/parse.ts';
import {attendeeChange} from '../../src/itip/attendee.ts';
import {organizerChange} from '../../src/itip/organizer.ts';
import {receive} from '../../src/itip/receive.ts';
import {a, b, c, calendarIn, lines, me, message, now, object, vevent} from './rfc5546.ts';

const head = (sequence: number, ...more: string[]) => [
  'UID:guid-1',
  'DTSTAMP:19970526T083000Z',
  `SEQUENCE:${sequence}`,
  `ORGANIZER:${a}`,
  ...more,
];
const both = [`ATTENDEE;PARTSTAT=ACCEPTED:${a}`, `ATTENDEE;RSVP=TRUE:${b}`, `ATTENDEE;RSVP=TRUE:${c}`];

/** Every first of the month at 14:00 in New York. */
const series = (sequence = 0, ...more: string[]) =>
  vevent(
    ...head(sequence, ...both),
    'SUMMARY:IETF Calendaring Working Group Meeting',
    'LOCATION:Conference Call',
    'DTSTART;TZID=America/New_York:19970601T140000',
    'DTEND;TZID=America/New_York:19970601T150000',
    'RRULE:FREQ=MONTHLY;BYMONTHDAY=1;UNTIL=19980901T210000Z',
    ...more,
  );

const july = (sequence: number, start: string, ...more: string[]) =>
  vevent(
    ...head(sequence, ...both),
    'RECURRENCE-ID;TZID=America/New_York:19970701T140000',
    'SUMMARY:IETF Calendaring Working Group Meeting',
    'LOCATION:Conference Call',
    `DTSTART;TZID=America/New_York:${start}`,
    `DTEND;TZID=America/New_York:${start.replace('T14', 'T15').replace('T09', 'T10')}`,
    ...more,
  );

function invited(...components: string[][]): Calendar {
  return calendarIn(receive({mine: undefined, message: message('REQUEST', a, b, ...components), isMe: me(b), now}).calendar);
}

function change(before: Calendar | undefined, after: Calendar | undefined) {
  return organizerChange({before, after, isMe: me(a), now});
}

const told = (messages: readonly {method: string; to: string}[]) => messages.map(({method, to}) => `${method} ${to}`);

describe('RFC 5546 §4.4.1 a recurring event spanning time zones', () => {
  test('a message has the VTIMEZONEs that it names, also where the object has none', () => {
    const {messages} = change(undefined, object(series()));
    const zones = messages[0]!.calendar.component
      .getAllSubcomponents('vtimezone')
      .map(zone => zone.getFirstPropertyValue('tzid'));
    expect(zones).toEqual(['America/New_York']);
  });
});

describe('RFC 5546 §4.4.2 modify a recurring instance', () => {
  const {calendar, messages} = change(object(series()), object(series(), july(0, '19970703T140000')));

  test('a REQUEST tells of this instance alone, with a higher SEQUENCE', () => {
    expect(told(messages)).toEqual([`REQUEST ${b}`, `REQUEST ${c}`]);
    expect(messages[0]!.sequence).toBe(1);
    expect(lines(messages[0]!.calendar).filter(line => line.startsWith('DTSTART'))).toEqual([
      'DTSTART;TZID=America/New_York:19970703T140000',
    ]);
    expect(lines(calendar).filter(line => line === 'SEQUENCE:1')).toHaveLength(2);
  });

  test('it becomes an override of what is there; what was answered to the series stands', () => {
    const mine = invited(series().map(line => line.replace(`ATTENDEE;RSVP=TRUE:${b}`, `ATTENDEE;PARTSTAT=ACCEPTED:${b}`)));
    const received = receive({mine, message: messages[0]!, isMe: me(b), now});
    expect(received.changed.recurrences).toEqual(['1997-07-01T14:00:00']);
    const mineNow = lines(received.calendar).filter(line => line.endsWith(b));
    expect(mineNow).toEqual([`ATTENDEE;PARTSTAT=ACCEPTED:${b}`, `ATTENDEE;RSVP=TRUE:${b}`]);
  });

  test('dropping it again tells of the whole, and asks anew of this instance', () => {
    const after = change(calendar, object(series(1)));
    expect(told(after.messages)).toEqual([`REQUEST ${b}`, `REQUEST ${c}`]);
    expect(lines(after.messages[0]!.calendar).some(line => line.startsWith('RRULE'))).toBe(true);
  });
});

describe('RFC 5546 §4.4.3 cancel an instance', () => {
  const excluded = object(series(0, 'EXDATE;TZID=America/New_York:19970701T140000'));
  const {messages} = change(object(series()), excluded);

  test('EXDATE is a CANCEL with RECURRENCE-ID, and the series in full for exact copies', () => {
    expect(messages.map(({method, to, quiet}) => [method, to, quiet])).toEqual([
      ['CANCEL', b, undefined],
      ['CANCEL', c, undefined],
      ['REQUEST', b, 'told'],
      ['REQUEST', c, 'told'],
    ]);
    expect(lines(messages[0]!.calendar)).toEqual(
      expect.arrayContaining(['RECURRENCE-ID;TZID=America/New_York:19970701T140000', 'STATUS:CANCELLED', 'SEQUENCE:1']),
    );
  });

  test('so is STATUS:CANCELLED of an override, without any REQUEST', () => {
    const {messages: sent} = change(object(series()), object(series(), july(0, '19970701T140000', 'STATUS:CANCELLED')));
    expect(told(sent)).toEqual([`CANCEL ${b}`, `CANCEL ${c}`]);
  });

  test('the instance stays as cancelled in the attendee’s calendar until they take it away', () => {
    let mine = invited(series());
    for (const each of messages.filter(({to}) => to === b)) {
      mine = calendarIn(receive({mine, message: each, isMe: me(b), now}).calendar);
      expect(receive({mine, message: each, isMe: me(b), now}).calendar).toBe('unchanged');
    }
    expect(lines(mine).filter(line => line === 'STATUS:CANCELLED')).toHaveLength(1);
    expect(lines(mine).some(line => line.startsWith('EXDATE'))).toBe(false);
    const {calendar, reply} = attendeeChange({before: mine, after: object(series(1)), isMe: me(b), now});
    expect(reply).toBeUndefined();
    expect(lines(calendar)).toContain('EXDATE;TZID=America/New_York:19970701T140000');
  });
});

describe('RFC 5546 §4.4.4 cancel a recurring event', () => {
  test('one CANCEL for the whole', () => {
    const {messages} = change(object(series(), july(0, '19970703T140000')), undefined);
    expect(told(messages)).toEqual([`CANCEL ${b}`, `CANCEL ${c}`]);
    expect(lines(messages[0]!.calendar).some(line => line.startsWith('RECURRENCE-ID'))).toBe(false);
    const {calendar} = receive({mine: invited(series(), july(0, '19970703T140000')), message: messages[0]!, isMe: me(b), now});
    expect(lines(calendar).filter(line => line === 'STATUS:CANCELLED')).toHaveLength(2);
  });
});

describe('RFC 5546 §4.4.5 change all future instances', () => {
  test('RANGE=THISANDFUTURE comes in as it is', () => {
    const future = july(1, '19970703T090000').map(line => line.replace('RECURRENCE-ID;', 'RECURRENCE-ID;RANGE=THISANDFUTURE;'));
    const {calendar} = receive({mine: invited(series()), message: message('REQUEST', a, b, future), isMe: me(b), now});
    expect(lines(calendar)).toContain('RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=America/New_York:19970701T140000');
  });

  test('what an attendee says of a later instance is of when RANGE=THISANDFUTURE has moved it to (RFC 5545 §3.2.13)', () => {
    const future = july(0, '19970703T090000').map(line => line.replace('RECURRENCE-ID;', 'RECURRENCE-ID;RANGE=THISANDFUTURE;'));
    const before = invited(series(), future);
    const mine = object(series(), future);
    const after: Calendar = {component: new ICAL.Component(structuredClone(jcalOf(before)))};
    const [first] = mainComponents(after);
    first![1].push(['exdate', {tzid: 'America/New_York'}, 'date-time', '1997-09-01T14:00:00']);
    const {reply} = attendeeChange({before, after, isMe: me(b), now});
    expect(lines(reply!.calendar)).toContain('DTSTART;TZID=America/New_York:19970903T090000');
    const received = lines(receive({mine, message: reply!, isMe: me(a), now}).calendar);
    const override = received.slice(received.lastIndexOf('BEGIN:VEVENT'));
    expect(override).toEqual(
      expect.arrayContaining([
        'RECURRENCE-ID;TZID=America/New_York:19970901T140000',
        'DTSTART;TZID=America/New_York:19970903T090000',
        'DTEND;TZID=America/New_York:19970903T100000',
        expect.stringMatching(/^ATTENDEE.*PARTSTAT=DECLINED.*:mailto:b@example.com$/),
      ]),
    );
  });

  test('as clients do it: the series ends, which asks nobody anew, and another begins', () => {
    const accepted = object(series().map(line => line.replace('ATTENDEE;RSVP=TRUE', 'ATTENDEE;PARTSTAT=ACCEPTED')));
    const after = object(
      series().map(line =>
        line
          .replace('UNTIL=19980901T210000Z', 'UNTIL=19970630T000000Z')
          .replace('ATTENDEE;RSVP=TRUE', 'ATTENDEE;PARTSTAT=ACCEPTED'),
      ),
    );
    const {calendar, messages} = change(accepted, after);
    expect(told(messages)).toEqual([`REQUEST ${b}`, `REQUEST ${c}`]);
    expect(lines(calendar).filter(line => line.includes('PARTSTAT=ACCEPTED'))).toHaveLength(3);
    expect(told(change(undefined, object(series().map(line => line.replace('guid-1', 'guid-2')))).messages)).toHaveLength(2);
  });

  test.each([
    ['COUNT=2', 'UNTIL=19970608T180000Z', true],
    ['COUNT=2', 'UNTIL=19970701T180000Z', true],
    ['COUNT=2', 'UNTIL=19970801T180000Z', false],
    ['UNTIL=19970801T180000Z', 'COUNT=3', true],
    ['UNTIL=19970801T180000Z', 'COUNT=4', false],
    ['COUNT=4', 'COUNT=3', true],
    ['COUNT=3', 'COUNT=4', false],
    ['COUNT=3', 'INTERVAL=1', false],
  ])('a series that ended by %s and ends by %s has no time more: %s', (was, is, shortened) => {
    const [before, after] = [was, is].map(end =>
      object(
        series().map(line =>
          line.replace('UNTIL=19980901T210000Z', end).replace('ATTENDEE;RSVP=TRUE', 'ATTENDEE;PARTSTAT=ACCEPTED'),
        ),
      ),
    );
    const kept = lines(change(before, after!).calendar).filter(line => line.includes('PARTSTAT=ACCEPTED'));
    expect(kept.length).toBe(shortened ? 3 : 1);
  });

  test('CANCEL with RANGE=THISANDFUTURE ends the series before it', () => {
    const cancel = vevent(...head(1, `ATTENDEE:${b}`), 'RECURRENCE-ID;RANGE=THISANDFUTURE:19970901T180000Z', 'STATUS:CANCELLED');
    const {calendar} = receive({mine: invited(series()), message: message('CANCEL', a, b, cancel), isMe: me(b), now});
    expect(lines(calendar).find(line => line.startsWith('RRULE'))).toContain('UNTIL=19970901T175959Z');
  });
});

describe('RFC 5546 §4.4.6 add a new instance to a recurring event', () => {
  const added = (sequence: number) =>
    vevent(...head(sequence, ...both), 'SUMMARY:More', 'DTSTART;TZID=America/New_York:19970815T140000', 'DURATION:PT1H');

  test('it is an RDATE of the series that is there', () => {
    const {calendar} = receive({mine: invited(series()), message: message('ADD', a, b, added(1)), isMe: me(b), now});
    expect(lines(calendar)).toEqual(
      expect.arrayContaining([
        'RDATE;TZID=America/New_York:19970815T140000',
        'RECURRENCE-ID;TZID=America/New_York:19970815T140000',
        'SUMMARY:More',
      ]),
    );
    expect(receive({mine: calendarIn(calendar), message: message('ADD', a, b, added(1)), isMe: me(b), now}).calendar).toBe(
      'unchanged',
    );
  });

  test('where an update was missed before it, or there is nothing to add to, the whole is asked for', () => {
    for (const mine of [invited(series()), undefined]) {
      const received = receive({mine, message: message('ADD', a, b, added(2)), isMe: me(b), now});
      expect(received).toMatchObject({
        calendar: 'unchanged',
        answers: [{required: true, message: {method: 'REFRESH', from: b, to: a}}],
      });
    }
  });
});

describe('RFC 5546 §4.4.7 add a new series of instances to a recurring event', () => {
  test('is what one series cannot say: the whole is asked for', () => {
    const more = vevent(...head(1, ...both), 'DTSTART:19970815T140000Z', 'RRULE:FREQ=DAILY;COUNT=3');
    const received = receive({mine: invited(series()), message: message('ADD', a, b, more), isMe: me(b), now});
    expect(received.answers).toMatchObject([{message: {method: 'REFRESH'}}]);
  });
});

describe('RFC 5546 §4.4.8 refreshing a recurring event', () => {
  test('the whole, its overrides and what is left out', () => {
    const mine = object(series(2, 'EXDATE;TZID=America/New_York:19970801T140000'), july(1, '19970703T140000'));
    const asked = vevent('UID:guid-1', 'DTSTAMP:19970526T083000Z', `ORGANIZER:${a}`, `ATTENDEE:${b}`);
    const {answers} = receive({mine, message: message('REFRESH', b, a, asked), isMe: me(a), now});
    const sent = lines(answers[0]!.message.calendar);
    expect(sent).toEqual(
      expect.arrayContaining([
        'EXDATE;TZID=America/New_York:19970801T140000',
        'RECURRENCE-ID;TZID=America/New_York:19970701T140000',
      ]),
    );
  });
});

describe('RFC 5546 §4.4.9 counter an instance of a recurring event', () => {
  test('changes nothing by itself', () => {
    const counter = message('COUNTER', b, a, july(0, '19970703T140000'));
    expect(receive({mine: object(series()), message: counter, isMe: me(a), now}).what).toBe('counter');
  });
});

describe('RFC 5546 §4.4.10 error reply to a request', () => {
  test('its REQUEST-STATUS is what SCHEDULE-STATUS says', () => {
    const part = vevent(...head(0, `ATTENDEE;PARTSTAT=DECLINED:${b}`), 'REQUEST-STATUS:3.1;Invalid property value;DTSTART:x');
    const {calendar} = receive({mine: object(series()), message: message('REPLY', b, a, part), isMe: me(a), now});
    expect(lines(calendar)).toContain(`ATTENDEE;PARTSTAT=DECLINED;SCHEDULE-STATUS=3.1:${b}`);
  });
});

describe('RFC 5546 §4.7.2 bad RECURRENCE-ID', () => {
  test('an instance that the series which is there does not have: the whole is asked for', () => {
    const strange = july(0, '19970703T140000').map(line => line.replace('19970701T140000', '19970702T140000'));
    const received = receive({mine: invited(series()), message: message('REQUEST', a, b, strange), isMe: me(b), now});
    expect(received).toMatchObject({calendar: 'unchanged', what: 'ignored', answers: [{message: {method: 'REFRESH'}}]});
  });

  test('a reply to one is ignored', () => {
    const part = vevent(...head(0, `ATTENDEE;PARTSTAT=DECLINED:${b}`), 'RECURRENCE-ID:19970702T180000Z');
    expect(receive({mine: object(series()), message: message('REPLY', b, a, part), isMe: me(a), now}).what).toBe('ignored');
  });
});

describe('RFC 5546 §3.2.3 a reply to an instance', () => {
  test('makes an override where there is none, however RECURRENCE-ID is said', () => {
    const part = vevent(...head(0, `ATTENDEE;PARTSTAT=DECLINED:${b}`), 'RECURRENCE-ID:19970701T180000Z');
    const {calendar, changed} = receive({mine: object(series()), message: message('REPLY', b, a, part), isMe: me(a), now});
    expect(changed.recurrences).toEqual(['1997-07-01T14:00:00']);
    expect(lines(calendar)).toEqual(
      expect.arrayContaining([
        'DTSTART;TZID=America/New_York:19970701T140000',
        'DTEND;TZID=America/New_York:19970701T150000',
        'RECURRENCE-ID;TZID=America/New_York:19970701T140000',
        `ATTENDEE;PARTSTAT=DECLINED;SCHEDULE-STATUS=2.0:${b}`,
      ]),
    );
  });

  test('in one with the answer to the series: what is left open there is', () => {
    const master = vevent(...head(0, `ATTENDEE;PARTSTAT=ACCEPTED:${b}`));
    const open = vevent(...head(0, `ATTENDEE;PARTSTAT=NEEDS-ACTION:${b}`), 'RECURRENCE-ID:19970701T180000Z');
    const received = receive({mine: object(series()), message: message('REPLY', b, a, master, open), isMe: me(a), now});
    expect(lines(received.calendar).filter(line => line.endsWith(b))).toEqual([
      `ATTENDEE;PARTSTAT=ACCEPTED;SCHEDULE-STATUS=2.0:${b}`,
      `ATTENDEE;PARTSTAT=NEEDS-ACTION;SCHEDULE-STATUS=2.0:${b}`,
    ]);
    expect(received.answers).toEqual([]);
  });

  test('SCHEDULE-STATUS says that a reply has come wherever they have answered (RFC 6638 §7.3)', () => {
    const answered = series().map(line => line.replace(`RSVP=TRUE:${b}`, `PARTSTAT=ACCEPTED;SCHEDULE-STATUS=1.2:${b}`));
    const part = vevent(...head(0, `ATTENDEE;PARTSTAT=DECLINED:${b}`), 'RECURRENCE-ID:19970701T180000Z');
    const {calendar} = receive({mine: object(answered), message: message('REPLY', b, a, part), isMe: me(a), now});
    expect(lines(calendar)).toContain(`ATTENDEE;PARTSTAT=ACCEPTED;SCHEDULE-STATUS=2.0:${b}`);
  });

  test('one that the series says already makes none', () => {
    const part = vevent(...head(0, `ATTENDEE;PARTSTAT=NEEDS-ACTION:${b}`), 'RECURRENCE-ID:19970701T180000Z');
    expect(receive({mine: object(series()), message: message('REPLY', b, a, part), isMe: me(a), now}).calendar).toBe('unchanged');
  });
});

describe('RFC 6638 §3.2.1 invitations to instances', () => {
  const alone = (sequence = 0) => july(sequence, '19970701T140000').filter(line => !line.endsWith(c));
  const forA = () => series().filter(line => !line.endsWith(b) && !line.endsWith(c));

  test('who is invited to an instance alone has this alone', () => {
    const {messages} = change(undefined, object(forA(), alone()));
    expect(told(messages)).toEqual([`REQUEST ${b}`]);
    expect(lines(messages[0]!.calendar).some(line => line.startsWith('RRULE'))).toBe(false);
  });

  test('who is not invited to an instance does not see it: EXDATE', () => {
    const {messages} = change(undefined, object(series(), alone()));
    const [toB, toC] = [b, c].map(who => lines(messages.find(({to}) => to === who)!.calendar));
    expect(toB!.some(line => line.startsWith('EXDATE'))).toBe(false);
    expect(toC).toContain('EXDATE;TZID=America/New_York:19970701T140000');
    expect(toC!.some(line => line.startsWith('RECURRENCE-ID'))).toBe(false);
  });

  test('who is dropped from an instance is sent a CANCEL of it, and no more', () => {
    const {messages} = change(object(series()), object(series(), alone()));
    expect(messages.filter(({to}) => to === c).map(({method}) => method)).toEqual(['CANCEL']);
  });

  test('who is dropped from the series but not from an instance: CANCEL, and this instance', () => {
    const after = object(
      series().filter(line => !line.endsWith(b)),
      july(0, '19970701T140000'),
    );
    const sent = change(object(series()), after).messages.filter(({to}) => to === b);
    expect(sent.map(({method}) => method)).toEqual(['CANCEL', 'REQUEST']);
    let mine = invited(series());
    for (const each of sent) mine = calendarIn(receive({mine, message: each, isMe: me(b), now}).calendar);
    expect(lines(mine).filter(line => line === 'STATUS:CANCELLED')).toHaveLength(1);
  });
});

describe('RFC 6638 §3.2.10 a client that changes an older copy', () => {
  const answered = (partstat: string) =>
    object(series().map(line => line.replace(`ATTENDEE;RSVP=TRUE:${b}`, `ATTENDEE;PARTSTAT=${partstat}:${b}`)));
  const renamed = object(series().map(line => line.replace('Conference Call', 'Room')));

  test('keeps what has been answered since', () => {
    const {calendar} = organizerChange({before: answered('ACCEPTED'), after: renamed, isMe: me(a), now, isStale: true});
    expect(lines(calendar)).toContain(`ATTENDEE;PARTSTAT=ACCEPTED:${b}`);
  });

  test('one that knows of the answer asks anew by NEEDS-ACTION', () => {
    const {calendar, messages} = organizerChange({before: answered('DECLINED'), after: object(series()), isMe: me(a), now});
    expect(told(messages)).toEqual([`REQUEST ${b}`]);
    expect(lines(calendar)).toContain('SEQUENCE:1');
  });

  test('what an override said that a client has left out is kept', () => {
    const declined = july(0, '19970701T140000').map(line =>
      line.replace(`ATTENDEE;RSVP=TRUE:${b}`, `ATTENDEE;PARTSTAT=DECLINED:${b}`),
    );
    const {calendar, messages} = change(object(series(), declined), object(series()));
    expect(lines(calendar)).toContain(`ATTENDEE;PARTSTAT=DECLINED:${b}`);
    expect(messages).toEqual([]);
  });
});
