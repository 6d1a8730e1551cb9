import {describe, expect, test} from 'vitest';
import {allProperties, jcalOf, textOf} from '../../src/ical/jcal.ts';
import {organizerChange} from '../../src/itip/organizer.ts';
import {receive} from '../../src/itip/receive.ts';
import {a, b, c, calendarIn, lines, me, message, now, object, vevent} from './rfc5546.ts';

const head = ['UID:1', 'DTSTAMP:19970601T120000Z', `ORGANIZER:${a}`, `ATTENDEE;PARTSTAT=ACCEPTED:${a}`, 'DURATION:PT1H'];
const bobs = `ATTENDEE;PARTSTAT=ACCEPTED:${b}`;
const series = (...more: string[]) => vevent(...head, 'SUMMARY:Plans', 'DTSTART:19970707T140000Z', 'RRULE:FREQ=DAILY', ...more);
const instance = (day: string, ...more: string[]) =>
  vevent(...head, `RECURRENCE-ID:${day}T140000Z`, `DTSTART:${day}T140000Z`, ...more);

type Parts = readonly (readonly string[])[];

function change(before: Parts, after: Parts | undefined) {
  return organizerChange({before: object(...before), after: after && object(...after), isMe: me(a), now});
}

const told = ({messages}: ReturnType<typeof change>) =>
  messages.map(({method, to, quiet}) => [method, to, quiet ?? 'news'].join(' '));

describe('RFC 5546 §3.2.5: the whole is removed', () => {
  const before = [series(`ATTENDEE:${c}`), instance('19970708', 'SUMMARY:Plans', bobs)];

  test('who was invited to an instance alone is sent a CANCEL without RECURRENCE-ID as well', () => {
    const {messages} = change(before, undefined);
    expect(messages.map(({method, to, sequence}) => [method, to, sequence])).toEqual([
      ['CANCEL', c, 1],
      ['CANCEL', b, 1],
    ]);
    for (const {calendar} of messages) expect(lines(calendar).some(line => line.startsWith('RECURRENCE-ID'))).toBe(false);
    expect(lines(messages[1]!.calendar)).not.toContain('RRULE:FREQ=DAILY');
  });

  test('it calls off every instance that they have', () => {
    const [, cancel] = change(before, undefined).messages;
    const mine = object(instance('19970708', 'SUMMARY:Plans', bobs));
    const {calendar} = receive({mine, message: cancel!, isMe: me(b), now});
    expect(lines(calendar)).toEqual(expect.arrayContaining(['RECURRENCE-ID:19970708T140000Z', 'STATUS:CANCELLED', 'SEQUENCE:1']));
  });
});

describe('RFC 5546 §3.2.5: one of several instances that somebody is invited to', () => {
  const before = [series(), instance('19970708', bobs), instance('19970709', bobs)];

  test('is taken out of the series: they are told which are left, by nothing that needs an e-mail', () => {
    const result = change(before, [series('EXDATE:19970709T140000Z'), instance('19970708', bobs)]);
    expect(told(result)).toEqual([`CANCEL ${b} news`, `REQUEST ${b} told`]);
    expect(result.messages.map(({sequence}) => sequence)).toEqual([1, 1]);
  });

  test('is without them from now on: that is all they are told', () => {
    expect(told(change(before, [series(), instance('19970708', bobs), instance('19970709')]))).toEqual([`CANCEL ${b} news`]);
  });
});

describe('RFC 5546 §3.2.2: what is cancelled and changed at once', () => {
  test('is told in a REQUEST without STATUS:CANCELLED, and then the CANCEL', () => {
    const result = change([series(bobs)], [series(bobs, 'STATUS:CANCELLED').map(line => line.replace('Plans', 'No plans'))]);
    expect(told(result)).toEqual([`REQUEST ${b} told`, `CANCEL ${b} news`]);
    expect(lines(result.messages[0]!.calendar)).not.toContain('STATUS:CANCELLED');
    let mine = object(series(bobs));
    for (const each of result.messages) mine = calendarIn(receive({mine, message: each, isMe: me(b), now}).calendar);
    expect(lines(mine)).toEqual(expect.arrayContaining(['SUMMARY:No plans', 'STATUS:CANCELLED', 'SEQUENCE:1']));
  });

  test('an instance is so too, without its series', () => {
    const off = instance('19970708', bobs, 'SUMMARY:No plans', 'STATUS:CANCELLED');
    const result = change([series(bobs)], [series(bobs), off]);
    expect(told(result)).toEqual([`REQUEST ${b} told`, `CANCEL ${b} news`]);
    expect(lines(result.messages[0]!.calendar).some(line => line.startsWith('RRULE'))).toBe(false);
  });

  test('what is cancelled and nothing else is a CANCEL alone', () => {
    expect(told(change([series(bobs)], [series(bobs, 'STATUS:CANCELLED')]))).toEqual([`CANCEL ${b} news`]);
  });
});

describe('RFC 5546 §2.1.4: an instance that somebody was not invited to', () => {
  test('is theirs again with a higher SEQUENCE: it is no longer left out of their series', () => {
    const before = [series(bobs), instance('19970708', 'SUMMARY:Plans')];
    const {calendar, messages} = change(before, [series(bobs), instance('19970708', 'SUMMARY:Plans', `ATTENDEE:${b}`)]);
    expect(messages.map(({method, sequence}) => [method, sequence])).toEqual([['REQUEST', 1]]);
    expect(lines(calendar).filter(line => line === 'SEQUENCE:1')).toHaveLength(2);
  });
});

describe('RFC 5545 §3.2.17 RSVP', () => {
  const asked = `ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:${b}`;

  test.each([
    ['is still asked for where a client does not say it again', `ATTENDEE;PARTSTAT=NEEDS-ACTION:${b}`, asked],
    [
      'is not where it says so',
      `ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:${b}`,
      `ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:${b}`,
    ],
  ])('%s', (_, now, stored) => {
    expect(lines(change([series(asked)], [series(now, 'LOCATION:Here')]).calendar)).toContain(stored);
  });
});

describe('RFC 5546 §3.2.2 VTIMEZONE', () => {
  const zone = (id: string) => [
    'BEGIN:VTIMEZONE',
    `TZID:${id}`,
    'BEGIN:STANDARD',
    'DTSTART:19700101T000000',
    'TZOFFSETFROM:+0100',
    'TZOFFSETTO:+0100',
    'END:STANDARD',
    'END:VTIMEZONE',
  ];
  const day = vevent(...head.slice(0, -1), 'DTSTART;VALUE=DATE:19970707', 'RRULE:FREQ=DAILY', bobs);
  const zonesIn = (result: ReturnType<typeof change>) =>
    jcalOf(result.messages[0]!.calendar)[2].flatMap(part => (part[0] === 'vtimezone' ? [textOf(part, 'tzid')] : []));
  const invited = (...parts: Parts) =>
    organizerChange({before: undefined, after: object(...parts), isMe: me(a), now}) as ReturnType<typeof change>;

  test('one that nothing names goes with an event of whole days', () => {
    expect(zonesIn(invited(zone('Here'), day))).toEqual(['Here']);
  });

  test('one that somebody else’s instance names does not', () => {
    const others = vevent(...head, 'RECURRENCE-ID;VALUE=DATE:19970708', 'DTSTART;TZID=Here:19970708T140000', `ATTENDEE:${c}`);
    const result = invited(zone('Here'), day, others);
    expect(result.messages[0]!.to).toBe(b);
    expect(zonesIn(result)).toEqual([]);
  });
});

describe('RFC 6638 §3.2.1: what an attendee has', () => {
  const mine = () => object(series(bobs).map(line => line.replace('ORGANIZER:', 'ORGANIZER;SCHEDULE-STATUS=1.2:')));

  test('says of the ORGANIZER the same where an instance is told of for the first time', () => {
    const {messages} = change([series(bobs)], [series(bobs), instance('19970708', bobs, 'SUMMARY:Other plans')]);
    const calendar = calendarIn(receive({mine: mine(), message: messages[0]!, isMe: me(b), now}).calendar);
    const said = jcalOf(calendar)[2].flatMap(part => allProperties(part, 'organizer').map(each => each[1]['schedule-status']));
    expect(said).toEqual(['1.2', '1.2']);
  });

  test('takes an instance of what was begun anew after its series was called off', () => {
    const before = [series(bobs)];
    const later = series().map(line => line.replace('0707T140000Z', '0707T180000Z'));
    const kept = instance('19970708', bobs, 'SUMMARY:Plans').map(line => line.replace('0708T140000Z', '0708T180000Z'));
    const {messages} = change(before, [later, kept]);
    expect(messages.map(({method}) => method)).toEqual(['CANCEL', 'REQUEST']);
    let copy = mine();
    for (const each of messages) {
      const {calendar, answers} = receive({mine: copy, message: each, isMe: me(b), now});
      expect(answers).toEqual([]);
      copy = calendarIn(calendar);
    }
    expect(lines(copy)).toContain('RECURRENCE-ID:19970708T180000Z');
    expect(lines(copy).filter(line => line === 'STATUS:CANCELLED')).toHaveLength(1);
  });
});

describe('RFC 6638 §3.2.2.3: what an attendee has taken away', () => {
  const away = `ATTENDEE;PARTSTAT=DECLINED:${b}`;
  const before = [series(), instance('19970708', away), instance('19970709', bobs)];
  const after = before.map(part => part.map(line => line.replace('DURATION:PT1H', 'DURATION:PT1H\r\nLOCATION:Here')));

  test('of instances alone does not come back with an update', () => {
    const {messages} = change(before, after);
    const {calendar} = receive({mine: object(instance('19970709', bobs)), message: messages[0]!, isMe: me(b), now});
    expect(lines(calendar).filter(line => line.startsWith('RECURRENCE-ID'))).toEqual(['RECURRENCE-ID:19970709T140000Z']);
  });

  test('nor where all of it was taken away, and one is asked about anew', () => {
    const both = [series(), instance('19970708', away), instance('19970709', away)];
    const moved = [
      series(),
      instance('19970708', away),
      instance('19970709', away).map(line => line.replace(/^DTSTART.*/, 'DTSTART:19970709T160000Z')),
    ];
    const {messages} = change(both, moved);
    const {calendar} = receive({mine: undefined, message: messages[0]!, isMe: me(b), now});
    expect(lines(calendar).filter(line => line.startsWith('RECURRENCE-ID'))).toEqual(['RECURRENCE-ID:19970709T140000Z']);
  });

  test('is cancelled without changing anything', () => {
    const {messages} = change([series(bobs)], [series(bobs, 'EXDATE:19970708T140000Z')]);
    const mine = object(series(bobs, 'EXDATE:19970708T140000Z'));
    expect(receive({mine, message: messages[0]!, isMe: me(b), now})).toMatchObject({calendar: 'unchanged', what: 'cancel'});
    const other = object(series(bobs).map(line => line.replace('T140000Z', 'T150000Z')));
    expect(receive({mine: other, message: messages[0]!, isMe: me(b), now}).what).toBe('ignored');
  });
});

describe('RFC 6638 §3.2.2.1 TRANSP', () => {
  test('who has accepted is busy again when the organizer has come to know of it', () => {
    const open = series(`ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:${b}`, 'TRANSP:TRANSPARENT');
    const {messages} = change([series(`ATTENDEE:${b}`)], [series(bobs, 'LOCATION:Here')]);
    expect(lines(receive({mine: object(open), message: messages[0]!, isMe: me(b), now}).calendar)).not.toContain(
      'TRANSP:TRANSPARENT',
    );
  });
});

describe('RFC 5546 §3.2.3: a reply to the series', () => {
  test('goes with its status for an instance that was answered the same', () => {
    const mine = object(
      series(`ATTENDEE;PARTSTAT=ACCEPTED;SCHEDULE-STATUS=1.2:${b}`),
      instance('19970708', `ATTENDEE;PARTSTAT=DECLINED;SCHEDULE-STATUS=1.2:${b}`),
    );
    const reply = message('REPLY', b, a, series(`ATTENDEE;PARTSTAT=DECLINED:${b}`));
    const said = lines(receive({mine, message: reply, isMe: me(a), now}).calendar).filter(line => line.endsWith(b));
    expect(said).toEqual(Array(2).fill(`ATTENDEE;PARTSTAT=DECLINED;SCHEDULE-STATUS=2.0:${b}`));
  });
});
