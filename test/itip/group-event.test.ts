import {describe, expect, test} from 'vitest';
import {attendeeChange} from '../../src/itip/attendee.ts';
import {organizerChange} from '../../src/itip/organizer.ts';
import {receive} from '../../src/itip/receive.ts';
import {a, b, c, calendarIn, d, e, lines, me, message, now, object, vevent} from './rfc5546.ts';

const people = (sequence: number, ...more: string[]) => [
  `ORGANIZER:${a}`,
  `ATTENDEE;ROLE=CHAIR;PARTSTAT=ACCEPTED;CN=A:${a}`,
  `ATTENDEE;RSVP=TRUE;CUTYPE=INDIVIDUAL;CN=B:${b}`,
  `ATTENDEE;RSVP=TRUE;CUTYPE=INDIVIDUAL;CN=C:${c}`,
  ...more,
  `SEQUENCE:${sequence}`,
];

const conference = (...more: string[]) =>
  vevent('UID:calsrv.example.com-873970198738777', 'DTSTAMP:19970611T190000Z', 'SUMMARY:Conference', ...more);

const proposed = conference('DTSTART:19970701T200000Z', 'DTEND:19970701T210000Z', ...people(0));

/** What B has after the request of §4.2.1. */
function atB() {
  const received = receive({mine: undefined, message: message('REQUEST', a, b, proposed), isMe: me(b), now});
  return calendarIn(received.calendar);
}

describe('RFC 5546 §4.2.1 a group event request', () => {
  test('everybody but the organizer is sent a REQUEST with all attendees in it', () => {
    const {calendar, messages} = organizerChange({before: undefined, after: object(proposed), isMe: me(a), now});
    expect(messages.map(({method, from, to, sequence}) => [method, from, to, sequence])).toEqual([
      ['REQUEST', a, b, 0],
      ['REQUEST', a, c, 0],
    ]);
    expect(lines(messages[0]!.calendar)).toEqual([
      'METHOD:REQUEST',
      'BEGIN:VEVENT',
      'SUMMARY:Conference',
      'DTSTART:19970701T200000Z',
      'DTEND:19970701T210000Z',
      `ORGANIZER:${a}`,
      `ATTENDEE;ROLE=CHAIR;PARTSTAT=ACCEPTED;CN=A:${a}`,
      `ATTENDEE;RSVP=TRUE;CUTYPE=INDIVIDUAL;CN=B:${b}`,
      `ATTENDEE;RSVP=TRUE;CUTYPE=INDIVIDUAL;CN=C:${c}`,
      'SEQUENCE:0',
    ]);
    expect(lines(calendar)).toContain(`ATTENDEE;RSVP=TRUE;CUTYPE=INDIVIDUAL;CN=B:${b}`);
  });

  test('it comes into the calendar of who is invited, not answered, and taking no time', () => {
    const {calendar, what, changed} = receive({mine: undefined, message: message('REQUEST', a, b, proposed), isMe: me(b), now});
    expect(what).toBe('new');
    expect(changed.recurrences).toBeUndefined();
    expect(lines(calendar)).toContain('TRANSP:TRANSPARENT');
    expect(lines(calendar)).not.toContain('METHOD:REQUEST');
  });

  test('the same once more changes nothing', () => {
    const again = receive({mine: atB(), message: message('REQUEST', a, b, proposed), isMe: me(b), now});
    expect(again).toMatchObject({calendar: 'unchanged', changed: {recurrences: [], properties: []}, answers: []});
  });
});

const reply = (partstat: string, ...more: string[]) =>
  vevent(
    'UID:calsrv.example.com-873970198738777',
    'DTSTAMP:19970612T190000Z',
    `ORGANIZER:${a}`,
    `ATTENDEE;PARTSTAT=${partstat}:${b}`,
    'SEQUENCE:0',
    'REQUEST-STATUS:2.0;Success',
    ...more,
  );

describe('RFC 5546 §4.2.2 reply to a group event request', () => {
  test('who sets their PARTSTAT sends a REPLY that names nobody else', () => {
    const before = atB();
    const after = object(
      conference(
        'DTSTART:19970701T200000Z',
        'DTEND:19970701T210000Z',
        ...people(0).map(line => line.replace('RSVP=TRUE;CUTYPE=INDIVIDUAL;CN=B', 'PARTSTAT=ACCEPTED;CN=B')),
      ),
    );
    const {calendar, reply: sent} = attendeeChange({before, after, isMe: me(b), now});
    expect(sent).toMatchObject({method: 'REPLY', from: b, to: a, uid: 'calsrv.example.com-873970198738777'});
    expect(lines(sent!.calendar).filter(line => line.startsWith('ATTENDEE'))).toEqual([
      `ATTENDEE;CUTYPE=INDIVIDUAL;CN=B;PARTSTAT=ACCEPTED:${b}`,
    ]);
    expect(lines(calendar)).toContain(`ATTENDEE;RSVP=TRUE;CUTYPE=INDIVIDUAL;CN=C:${c}`);
  });

  test('the organizer has the answer, and that it came: SCHEDULE-STATUS', () => {
    const mine = object(proposed);
    const {calendar, what, changed} = receive({mine, message: message('REPLY', b, a, reply('ACCEPTED')), isMe: me(a), now});
    expect(what).toBe('reply');
    expect(changed).toMatchObject({attendee: b, partstat: 'ACCEPTED', properties: ['PARTSTAT']});
    expect(lines(calendar)).toContain(`ATTENDEE;CUTYPE=INDIVIDUAL;CN=B;PARTSTAT=ACCEPTED;SCHEDULE-STATUS=2.0:${b}`);
  });

  test('a reply of somebody who is not invited is ignored (§3.2.3)', () => {
    const crasher = reply('ACCEPTED').map(line => line.replace(b, e));
    const received = receive({mine: object(proposed), message: message('REPLY', e, a, crasher), isMe: me(a), now});
    expect(received).toMatchObject({calendar: 'unchanged', what: 'ignored'});
  });

  test('a reply to what one does not organize is ignored', () => {
    const received = receive({mine: object(proposed), message: message('REPLY', b, a, reply('ACCEPTED')), isMe: me(c), now});
    expect(received.what).toBe('ignored');
  });
});

const moved = conference('DTSTART:19970701T180000Z', 'DTEND:19970701T190000Z', ...people(0));

describe('RFC 5546 §4.2.3 update an event', () => {
  test('another time raises SEQUENCE and asks everybody anew', () => {
    const before = calendarIn(
      receive({mine: object(proposed), message: message('REPLY', b, a, reply('ACCEPTED')), isMe: me(a), now}).calendar,
    );
    const {calendar, messages} = organizerChange({before, after: object(moved), isMe: me(a), now});
    expect(messages.map(({method, to, sequence}) => [method, to, sequence])).toEqual([
      ['REQUEST', b, 1],
      ['REQUEST', c, 1],
    ]);
    expect(lines(calendar)).toContain('SEQUENCE:1');
    expect(lines(calendar).find(line => line.endsWith(b))).not.toContain('ACCEPTED');
  });

  test('the client may raise SEQUENCE itself; it is left at that', () => {
    const after = object(moved.map(line => line.replace('SEQUENCE:0', 'SEQUENCE:4')));
    const {messages} = organizerChange({before: object(proposed), after, isMe: me(a), now});
    expect(messages[0]!.sequence).toBe(4);
  });

  test('who had answered is asked anew; alarms and what else is theirs stays', () => {
    const own = ['BEGIN:VALARM', 'ACTION:DISPLAY', 'TRIGGER:-PT5M', 'DESCRIPTION:x', 'END:VALARM'];
    const accepted = people(0).map(line => line.replace('RSVP=TRUE;CUTYPE=INDIVIDUAL;CN=B', 'PARTSTAT=ACCEPTED;CN=B'));
    const mine = object(
      conference('DTSTART:19970701T200000Z', 'DTEND:19970701T210000Z', 'X-MINE:1', 'TRANSP:OPAQUE', ...accepted, ...own),
    );
    const update = moved.map(line => line.replace('SEQUENCE:0', 'SEQUENCE:1'));
    const {calendar, changed} = receive({mine, message: message('REQUEST', a, b, update), isMe: me(b), now});
    expect(changed.properties).toEqual(['DTEND', 'DTSTART', 'PARTSTAT']);
    expect(lines(calendar)).toEqual(
      expect.arrayContaining(['DTSTART:19970701T180000Z', 'X-MINE:1', 'BEGIN:VALARM', 'TRANSP:TRANSPARENT']),
    );
    expect(lines(calendar)).not.toContain('TRANSP:OPAQUE');
  });

  test('who had the event and was not invited is not busy by it until they answer', () => {
    const mine = object(conference('DTSTART:19970701T200000Z', 'DTEND:19970701T210000Z', `ORGANIZER:${a}`, `ATTENDEE:${c}`));
    const {calendar} = receive({mine, message: message('REQUEST', a, b, proposed), isMe: me(b), now});
    expect(lines(calendar)).toContain('TRANSP:TRANSPARENT');
  });

  test.each([
    ['CLIENT', 'ignored'],
    ['NONE', 'update'],
  ])('RFC 6638 §7.1: a copy whose ORGANIZER has SCHEDULE-AGENT=%s: %s', (agent, what) => {
    const mine = object(
      proposed.map(line => line.replace('ORGANIZER:', `ORGANIZER;SCHEDULE-AGENT=${agent};SCHEDULE-STATUS=5.3:`)),
    );
    const update = proposed.map(line => line.replace('SUMMARY:Conference', 'SUMMARY:Meeting'));
    const received = receive({mine, message: message('REQUEST', a, b, update), isMe: me(b), now});
    expect(received.what).toBe(what);
    if (what === 'update') expect(lines(received.calendar)).toContain(`ORGANIZER:${a}`);
  });

  test('a text that changes raises SEQUENCE, and asks nobody anew', () => {
    const agreed = proposed.map(line => line.replace(/PARTSTAT=NEEDS-ACTION|RSVP=TRUE/, 'PARTSTAT=ACCEPTED'));
    const renamed = object(agreed.map(line => line.replace('SUMMARY:Conference', 'SUMMARY:Meeting')));
    const {calendar, messages} = organizerChange({before: object(agreed), after: renamed, isMe: me(a), now});
    expect(messages.map(({method, sequence}) => [method, sequence])).toEqual([
      ['REQUEST', 1],
      ['REQUEST', 1],
    ]);
    expect(lines(calendar).filter(line => line.includes('NEEDS-ACTION'))).toEqual([]);
  });

  test('what is stale by SEQUENCE, or by DTSTAMP where that is the same, is ignored (§2.1.5)', () => {
    const newer = moved.map(line => line.replace('SEQUENCE:0', 'SEQUENCE:2'));
    const mine = calendarIn(receive({mine: atB(), message: message('REQUEST', a, b, newer), isMe: me(b), now}).calendar);
    const older = moved.map(line => line.replace('SEQUENCE:0', 'SEQUENCE:1'));
    const earlier = newer.map(line => line.replace('DTSTAMP:1997', 'DTSTAMP:1996').replace('Conference', 'X'));
    for (const stale of [older, earlier]) {
      const received = receive({mine, message: message('REQUEST', a, b, stale), isMe: me(b), now});
      expect(received).toMatchObject({calendar: 'unchanged', what: 'ignored'});
    }
  });

  test('a reply to an older SEQUENCE is ignored where the event was moved since', () => {
    const mine = object(moved.map(line => line.replace('SEQUENCE:0', 'SEQUENCE:1')));
    const late = reply('ACCEPTED', 'DTSTART:19970701T200000Z', 'DTEND:19970701T210000Z');
    expect(receive({mine, message: message('REPLY', b, a, late), isMe: me(a), now}).what).toBe('ignored');
  });
});

describe('RFC 5546 §4.2.4 countering an event proposal', () => {
  test('a COUNTER changes nothing by itself', () => {
    const counter = message('COUNTER', b, a, moved);
    expect(receive({mine: object(proposed), message: counter, isMe: me(a), now})).toMatchObject({
      calendar: 'unchanged',
      what: 'counter',
    });
  });

  test('nor does DECLINECOUNTER', () => {
    const declined = message('DECLINECOUNTER', a, b, proposed);
    expect(receive({mine: atB(), message: declined, isMe: me(b), now})).toMatchObject({
      calendar: 'unchanged',
      what: 'declinecounter',
    });
  });
});

const delegated = [
  `ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="${e}":${c}`,
  `ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION;DELEGATED-FROM="${c}";CN=E:${e}`,
];

describe('RFC 5546 §4.2.5 delegating an event', () => {
  const part = vevent(
    'UID:calsrv.example.com-873970198738777',
    'DTSTAMP:19970612T190000Z',
    `ORGANIZER:${a}`,
    ...delegated,
    'SEQUENCE:0',
  );

  test('C may name a delegate, and says so in their reply', () => {
    const before = calendarIn(receive({mine: undefined, message: message('REQUEST', a, c, proposed), isMe: me(c), now}).calendar);
    const after = object(
      conference(
        'DTSTART:19970701T200000Z',
        'DTEND:19970701T210000Z',
        ...people(0).filter(line => !line.endsWith(c)),
        ...delegated,
      ),
    );
    const {reply: sent} = attendeeChange({before, after, isMe: me(c), now});
    expect(lines(sent!.calendar).filter(line => line.startsWith('ATTENDEE'))).toEqual([
      expect.stringMatching(/PARTSTAT=DELEGATED.*mailto:c@example.com$/),
      `ATTENDEE;PARTSTAT=NEEDS-ACTION;DELEGATED-FROM="${c}";CN=E:${e}`,
    ]);
  });

  test('the organizer puts the delegate on the list, and sends them the invitation', () => {
    const received = receive({mine: object(proposed), message: message('REPLY', c, a, part), isMe: me(a), now});
    expect(lines(received.calendar)).toEqual(
      expect.arrayContaining([
        `ATTENDEE;CUTYPE=INDIVIDUAL;CN=C;PARTSTAT=DELEGATED;SCHEDULE-STATUS=2.0;DELEGATED-TO="${e}":${c}`,
        `ATTENDEE;CN=E;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;DELEGATED-FROM="${c}":${e}`,
      ]),
    );
    expect(received.answers).toMatchObject([{required: true, message: {method: 'REQUEST', to: e}}]);
  });

  test.each([
    ['§4.2.6 the delegate accepts', 'ACCEPTED'],
    ['§4.2.7 the delegate declines', 'DECLINED'],
  ])('%s', (_, partstat) => {
    const mine = calendarIn(receive({mine: object(proposed), message: message('REPLY', c, a, part), isMe: me(a), now}).calendar);
    const answer = vevent(
      'UID:calsrv.example.com-873970198738777',
      'DTSTAMP:19970614T190000Z',
      `ORGANIZER:${a}`,
      `ATTENDEE;PARTSTAT=${partstat};DELEGATED-FROM="${c}":${e}`,
      'SEQUENCE:0',
    );
    const {calendar} = receive({mine, message: message('REPLY', e, a, answer), isMe: me(a), now});
    expect(lines(calendar).find(line => line.endsWith(e))).toContain(`PARTSTAT=${partstat}`);
  });

  test('who says they are the delegate of somebody that has named another is not taken for one', () => {
    const mine = calendarIn(receive({mine: object(proposed), message: message('REPLY', c, a, part), isMe: me(a), now}).calendar);
    const answer = part
      .filter(line => !line.startsWith('ATTENDEE'))
      .toSpliced(4, 0, `ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="${c}":${d}`);
    expect(receive({mine, message: message('REPLY', d, a, answer), isMe: me(a), now}).what).toBe('ignored');
  });

  test('nor is who says so of somebody that has named nobody (§3.2.2.3): they would be shown all of it', () => {
    const answer = part
      .filter(line => !line.startsWith('ATTENDEE'))
      .toSpliced(4, 0, `ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="${c}":${d}`);
    const received = receive({mine: object(proposed), message: message('REPLY', d, a, answer), isMe: me(a), now});
    expect(received).toMatchObject({what: 'ignored', calendar: 'unchanged', answers: []});
  });
});

describe('RFC 5546 §4.2.8 forwarding an event request', () => {
  test('who was sent the request by an attendee has it, though they are not on the list', () => {
    const received = receive({mine: undefined, message: message('REQUEST', c, d, proposed), isMe: me(d), now});
    expect(received.what).toBe('new');
  });
});

describe('RFC 5546 §4.2.9 cancel a group event', () => {
  test('who removes it sends a CANCEL with STATUS:CANCELLED and a higher SEQUENCE', () => {
    const {calendar, messages} = organizerChange({before: object(proposed), after: undefined, isMe: me(a), now});
    expect(calendar).toBeUndefined();
    expect(messages.map(({method, to, sequence}) => [method, to, sequence])).toEqual([
      ['CANCEL', b, 1],
      ['CANCEL', c, 1],
    ]);
    expect(lines(messages[0]!.calendar)).toContain('STATUS:CANCELLED');
  });

  test('STATUS:CANCELLED is a CANCEL as well; the one for its removal later nobody needs an e-mail of (RFC 6638 §3.2.1.3)', () => {
    const after = object(proposed.toSpliced(-1, 0, 'STATUS:CANCELLED'));
    const {calendar, messages} = organizerChange({before: object(proposed), after, isMe: me(a), now});
    expect(messages.map(({method, sequence}) => [method, sequence])).toEqual([
      ['CANCEL', 1],
      ['CANCEL', 1],
    ]);
    const removed = organizerChange({before: calendar, after: undefined, isMe: me(a), now}).messages;
    expect(removed.map(({method, to, sequence, quiet}) => [method, to, sequence, quiet])).toEqual([
      ['CANCEL', b, 2, 'told'],
      ['CANCEL', c, 2, 'told'],
    ]);
  });

  test('it stays in the attendee’s calendar as cancelled; taking it away declines nothing', () => {
    const [sent] = organizerChange({before: object(proposed), after: undefined, isMe: me(a), now}).messages;
    const {calendar, what} = receive({mine: atB(), message: sent!, isMe: me(b), now});
    expect(what).toBe('cancel');
    expect(lines(calendar)).toContain('STATUS:CANCELLED');
    expect(attendeeChange({before: calendarIn(calendar), after: undefined, isMe: me(b), now}).reply).toBeUndefined();
    expect(receive({mine: calendarIn(calendar), message: sent!, isMe: me(b), now}).calendar).toBe('unchanged');
  });
});

describe('RFC 5546 §4.2.10 removing attendees', () => {
  const without = conference(
    'DTSTART:19970701T200000Z',
    'DTEND:19970701T210000Z',
    ...people(0).filter(line => !line.endsWith(b)),
  );

  test('who is removed is sent a CANCEL that names them alone and no STATUS; the others have the new list', () => {
    const {messages} = organizerChange({before: object(proposed), after: object(without), isMe: me(a), now});
    expect(messages.map(({method, to, sequence}) => [method, to, sequence])).toEqual([
      ['CANCEL', b, 1],
      ['REQUEST', c, 1],
    ]);
    const cancel = lines(messages[0]!.calendar);
    expect(cancel.filter(line => line.startsWith('ATTENDEE'))).toEqual([`ATTENDEE;RSVP=TRUE;CUTYPE=INDIVIDUAL;CN=B:${b}`]);
    expect(cancel).not.toContain('STATUS:CANCELLED');
  });

  test('it is cancelled for who is named, and not for who is not', () => {
    const [cancel] = organizerChange({before: object(proposed), after: object(without), isMe: me(a), now}).messages;
    expect(lines(receive({mine: atB(), message: cancel!, isMe: me(b), now}).calendar)).toContain('STATUS:CANCELLED');
    expect(receive({mine: atB(), message: cancel!, isMe: me(c), now}).what).toBe('ignored');
  });

  test('who is invited again has it again', () => {
    const first = organizerChange({before: object(proposed), after: object(without), isMe: me(a), now});
    const cancelled = calendarIn(receive({mine: atB(), message: first.messages[0]!, isMe: me(b), now}).calendar);
    const again = organizerChange({before: first.calendar, after: object(proposed), isMe: me(a), now: now + 1000});
    const request = again.messages.find(({to}) => to === b);
    const received = receive({mine: cancelled, message: request!, isMe: me(b), now});
    expect(lines(received.calendar)).not.toContain('STATUS:CANCELLED');
  });
});

describe('RFC 5546 §4.2.11 replacing the organizer', () => {
  test('is refused (RFC 6638 §3.2.4.3)', () => {
    const after = object(proposed.map(line => line.replace(`ORGANIZER:${a}`, `ORGANIZER:${b}`)));
    expect(() => organizerChange({before: object(proposed), after, isMe: me(a), now})).toThrow(
      expect.objectContaining({refusal: 'organizer changed'}),
    );
  });

  test('a REQUEST of another organizer for what is there is refused', () => {
    const other = proposed.map(line => line.replace(`ORGANIZER:${a}`, `ORGANIZER:${e}`).replace('SEQUENCE:0', 'SEQUENCE:9'));
    expect(receive({mine: atB(), message: message('REQUEST', e, b, other), isMe: me(b), now}).what).toBe('refused');
  });

  test.each(['REQUEST', 'ADD', 'CANCEL'] as const)(
    'a %s does nothing to what is there without an organizer (RFC 6638 §4.1)',
    method => {
      const own = object(conference('DTSTART:19970701T200000Z', 'DTEND:19970701T210000Z'));
      const received = receive({mine: own, message: message(method, a, b, proposed), isMe: me(b), now});
      expect(received).toMatchObject({calendar: 'unchanged', what: method === 'ADD' ? 'ignored' : 'beside', answers: []});
    },
  );
});

describe('RFC 5546 §4.7.1 event refresh', () => {
  const asked = (who: string) =>
    vevent('UID:calsrv.example.com-873970198738777', 'DTSTAMP:19970603T094000Z', `ORGANIZER:${a}`, `ATTENDEE:${who}`);

  test('who asks is sent the whole', () => {
    const received = receive({mine: object(proposed), message: message('REFRESH', c, a, asked(c)), isMe: me(a), now});
    expect(received).toMatchObject({
      calendar: 'unchanged',
      what: 'refresh',
      answers: [{required: true, message: {method: 'REQUEST', to: c}}],
    });
  });

  test('who is not invited is sent nothing', () => {
    const received = receive({mine: object(proposed), message: message('REFRESH', e, a, asked(e)), isMe: me(a), now});
    expect(received.answers).toEqual([]);
  });
});
