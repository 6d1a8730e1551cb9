import {describe, expect, test} from 'vitest';
import {type Calendar, parseCalendar} from '../../src/ical/parse.ts';
import {printCalendar} from '../../src/ical/print.ts';
import {implicitChange} from '../../src/scheduling/implicit.ts';
import {isOver} from '../../src/scheduling/is-over.ts';
import {calendar, event, todo} from '../support/events.ts';

const now = Date.UTC(2026, 10, 22, 12);
const over = '20261101T100000Z';
const ahead = '20261201T100000Z';

/** A meeting of Ann's, with Bob, who is here, and Eve, who is reached by mail. */
const meeting = (start: string, ...more: string[]): Calendar =>
  parseCalendar(
    event(
      '1',
      start,
      'ORGANIZER:mailto:ann@example.com',
      ...['ann', 'bob', 'eve'].map(name => `ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:${name}@example.com`),
      ...more,
    ),
  );

/** Whom a change of the organizer's is told, and of whom the event says so. */
function told(before: Calendar | undefined, after: Calendar | undefined): {messages: string[]; statuses: string[]} {
  const {messages, calendar} = implicitChange({
    before,
    after,
    isMe: address => address === 'mailto:ann@example.com',
    reach: address => (address.includes('eve') ? 'mail' : 'here'),
    now,
    isStale: false,
    isSilent: false,
  });
  const text = calendar ? printCalendar(calendar).replaceAll('\r\n ', '') : '';
  return {
    messages: messages.map(({method, to}) => `${method} ${/mailto:(.*)@/.exec(to)![1]}`),
    statuses: [...text.matchAll(/SCHEDULE-STATUS=([\d.]+).*mailto:(.*)@/g)].map(([, status, name]) => `${name} ${status}`),
  };
}

describe('an event that is over', () => {
  test.each([
    ['ended more than a day ago, wherever it is', event('1', over), true],
    ['ended this morning', event('1', '20261122T090000Z'), false],
    ['is ahead', event('1', ahead), false],
    ['goes on for ever', event('1', over, 'RRULE:FREQ=DAILY'), false],
    ['had its last instance', event('1', over, 'RRULE:FREQ=DAILY;COUNT=3'), true],
    ['has its last instance ahead', event('1', over, 'RRULE:FREQ=DAILY;COUNT=60'), false],
    ['is a task without a date', todo('1'), false],
    ['is asked to be told of', event('1', over, 'ATTENDEE;SCHEDULE-FORCE-SEND=REQUEST:mailto:bob@example.com'), false],
    ['holds no time', calendar('BEGIN:VJOURNAL', 'UID:1', 'DTSTAMP:20261101T000000Z', 'END:VJOURNAL'), false],
  ])('%s', (_, text, expected) => {
    expect(isOver(parseCalendar(text), now)).toBe(expected);
  });
});

describe('RFC 6638 §3.2.1: of an event that is over', () => {
  test('those who are here are told, as the RFC demands; nobody is mailed, nor said to be', () => {
    expect(told(undefined, meeting(over))).toEqual({messages: ['REQUEST bob'], statuses: ['bob 1.2']});
    expect(told(meeting(over), meeting(over, 'LOCATION:There')).messages).toEqual(['REQUEST bob']);
    expect(told(meeting(over), undefined).messages).toEqual(['CANCEL bob']);
  });

  test('all are told that it is ahead now, or no longer', () => {
    expect(told(meeting(over), meeting(ahead)).messages).toEqual(['REQUEST bob', 'REQUEST eve']);
    expect(told(meeting(ahead), meeting(over)).messages).toEqual(['REQUEST bob', 'REQUEST eve']);
  });

  test('and of one that is ahead as ever', () => {
    expect(told(undefined, meeting(ahead))).toEqual({
      messages: ['REQUEST bob', 'REQUEST eve'],
      statuses: ['bob 1.2', 'eve 1.1'],
    });
  });
});
