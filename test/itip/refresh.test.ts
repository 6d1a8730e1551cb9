import {describe, expect, test} from 'vitest';
import type {Message} from '../../src/itip/message.ts';
import {receive} from '../../src/itip/receive.ts';
import {refreshOfNew} from '../../src/itip/refresh.ts';
import {a, b, calendarIn, lines, me, message, now, object, vevent} from './rfc5546.ts';

const head = ['UID:1', `ORGANIZER:${a}`, `ATTENDEE;PARTSTAT=ACCEPTED:${a}`, 'DURATION:PT1H'];

describe('RFC 5546 §4.7.2: an instance that the series of an attendee has not', () => {
  const organizers = object(
    vevent(...head, 'DTSTAMP:19970601T120000Z', 'DTSTART:19970707T180000Z', 'RRULE:FREQ=DAILY', 'SEQUENCE:2'),
    vevent(
      ...head,
      'DTSTAMP:19970601T120000Z',
      'RECURRENCE-ID:19970708T180000Z',
      'DTSTART:19970708T180000Z',
      'SEQUENCE:2',
      `ATTENDEE:${b}`,
    ),
  );
  const old = (sequence: number) =>
    object(
      vevent(
        ...head,
        'DTSTAMP:19970501T120000Z',
        'DTSTART:19970707T140000Z',
        'RRULE:FREQ=DAILY',
        `SEQUENCE:${sequence}`,
        `ATTENDEE:${b}`,
      ),
    );

  test.each([0, 5])('is asked about once where they are invited to that alone, whatever edition they have (%i)', sequence => {
    let mine = old(sequence);
    const instance = vevent(
      ...head,
      'DTSTAMP:19970601T120000Z',
      'RECURRENCE-ID:19970708T180000Z',
      'DTSTART:19970708T180000Z',
      'SEQUENCE:2',
      `ATTENDEE:${b}`,
    );
    const queue: Message[] = [message('REQUEST', a, b, instance)];
    const methods: string[] = [];
    for (let next = queue.shift(); next && methods.length < 10; next = queue.shift()) {
      methods.push(next.method);
      const isMine = next.to === b;
      const received = receive({
        mine: isMine ? mine : organizers,
        message: next,
        isMe: me(isMine ? b : a),
        now: now + methods.length * 1000,
      });
      if (isMine && received.calendar !== 'unchanged') mine = calendarIn(received.calendar);
      queue.push(...received.answers.map(answer => answer.message));
    }
    expect(methods).toEqual(['REQUEST', 'REFRESH', 'CANCEL', 'REQUEST']);
    expect(lines(mine)).toContain('RECURRENCE-ID:19970708T180000Z');
    expect(lines(mine).filter(line => line === 'STATUS:CANCELLED')).toHaveLength(1);
  });

  test('who stores instances alone is not told that those are none of theirs', () => {
    const mine = object(
      vevent(...head, 'DTSTAMP:19970601T120000Z', 'RECURRENCE-ID:19970708T180000Z', 'DTSTART:19970708T180000Z', `ATTENDEE:${b}`),
    );
    const asked = refreshOfNew(mine, me(b), now)!;
    expect(lines(asked.calendar)).toContain('RECURRENCE-ID:19970708T180000Z');
    const {answers} = receive({mine: organizers, message: asked, isMe: me(a), now});
    expect(answers.map(({message: answer}) => [answer.method, answer.quiet])).toEqual([['REQUEST', 'refresh']]);
  });
});
