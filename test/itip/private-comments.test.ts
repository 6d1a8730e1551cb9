import {describe, expect, test} from 'vitest';
import {allProperties, mainComponents, textOf} from '../../src/ical/jcal.ts';
import {type Calendar, parseCalendar} from '../../src/ical/parse.ts';
import {commentedTwice, keepAttendeeComments} from '../../src/itip/private-comments.ts';
import {receive} from '../../src/itip/receive.ts';
import {copyOf, seriesOf} from '../../src/itip/series.ts';
import {lines, me, message, vevent} from './rfc5546.ts';

const comment = (who: string, text: string) =>
  `X-CALENDARSERVER-ATTENDEE-COMMENT;X-CALENDARSERVER-ATTENDEE-REF="mailto:${who}@example.com";X-CALENDARSERVER-DTSTAMP=20080827T171052Z:${text}`;
const part = (lines: readonly string[], attendees: readonly string[] = ['bob', 'cid']) =>
  [
    'BEGIN:VEVENT',
    'UID:one',
    'DTSTAMP:20300101T000000Z',
    'DTSTART:20300115T100000Z',
    'ORGANIZER:mailto:ann@example.com',
    ...attendees.map(name => `ATTENDEE:MAILTO:${name}@example.com`),
    ...lines,
    'END:VEVENT',
  ].join('\r\n');
const calendar = (...parts: string[]) =>
  parseCalendar(['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...parts, 'END:VCALENDAR', ''].join('\r\n'));
const keep = (before: Calendar | undefined, after: Calendar) => {
  const stored = seriesOf(copyOf(after));
  keepAttendeeComments(stored, before && seriesOf(before));
  return comments(stored.calendar);
};
const comments = (of: Calendar) =>
  mainComponents(of).map(each => [
    textOf(each, 'recurrence-id') ?? '',
    ...allProperties(each, 'x-calendarserver-attendee-comment').map(property => property[3]),
  ]);

describe('caldav-privatecomments §4.2.2: programs that do not keep what they do not know', () => {
  const before = calendar(
    part(['RRULE:FREQ=DAILY', comment('bob', 'Late')]),
    part(['RECURRENCE-ID:20300116T100000Z', comment('bob', 'Ill')]),
  );

  test('the comments come back, of each instance its own; a new exception has those of the series', () => {
    const after = calendar(
      part(['RRULE:FREQ=DAILY']),
      part(['RECURRENCE-ID:20300116T100000Z']),
      part(['RECURRENCE-ID:20300117T100000Z']),
    );
    expect(keep(before, after)).toEqual([
      ['', 'Late'],
      ['2030-01-16T10:00:00Z', 'Ill'],
      ['2030-01-17T10:00:00Z', 'Late'],
    ]);
    expect(comments(after).flat()).not.toContain('Late');
  });

  test('an organizer who knows of them may change them', () => {
    const after = calendar(part(['RRULE:FREQ=DAILY', comment('bob', 'Sorry')]), part(['RECURRENCE-ID:20300116T100000Z']));
    expect(keep(before, after)).toEqual(comments(after));
    expect(keep(undefined, after)).toEqual(comments(after));
  });
});

describe('caldav-privatecomments §3.2: who is no longer invited', () => {
  test('has no comment any more, whether the program has kept it or not', () => {
    const before = calendar(part([comment('bob', 'Late'), comment('cid', 'Gladly')]));
    const kept = calendar(part([comment('bob', 'Late'), comment('cid', 'Gladly')], ['cid']));
    expect(keep(before, kept)).toEqual([['', 'Gladly']]);
    expect(keep(before, calendar(part([], ['cid'])))).toEqual([['', 'Gladly']]);
  });
});

describe('caldav-privatecomments §4.1.5: one comment of each attendee', () => {
  test('in each component', () => {
    expect(commentedTwice(calendar(part([comment('bob', 'a'), comment('cid', 'b')])))).toBeUndefined();
    expect(commentedTwice(calendar(part([comment('bob', 'a'), comment('BOB', 'b')])))).toBe('mailto:bob@example.com');
  });
});

describe('caldav-privatecomments §3.2: what the organizer has of a reply', () => {
  const answer = (...lines: string[]) =>
    vevent(
      'UID:one',
      'DTSTAMP:20300101T000000Z',
      'ORGANIZER:mailto:ann@example.com',
      'ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.com',
      ...lines,
    );
  const take = (mine: Calendar, ...said: string[]) => {
    const reply = message('REPLY', 'mailto:bob@example.com', 'mailto:ann@example.com', answer(...said));
    const {calendar} = receive({mine, message: reply, isMe: me('mailto:ann@example.com'), now: Date.UTC(2030, 1, 2, 3, 4, 5)});
    return calendar === 'unchanged' || !calendar ? mine : calendar;
  };
  const ref = 'X-CALENDARSERVER-ATTENDEE-REF="MAILTO:bob@example.com"';
  const stamp = 'X-CALENDARSERVER-DTSTAMP=20300202T030405Z';
  const told = (of: Calendar) => lines(of).filter(line => line.startsWith('X-'));

  test('is the comment, whose it is and when it came; no comment is nothing', () => {
    expect(told(take(calendar(part([])), 'X-CALENDARSERVER-PRIVATE-COMMENT;LANGUAGE=en:Gladly'))).toEqual([
      `X-CALENDARSERVER-ATTENDEE-COMMENT;LANGUAGE=en;${ref};${stamp}:Gladly`,
    ]);
    expect(told(take(calendar(part([]))))).toEqual([]);
  });

  test('one taken back is empty, and one that is the same stays as it is', () => {
    const before = calendar(part([comment('bob', 'Late'), comment('cid', 'Ill')]));
    expect(told(take(before))).toEqual([comment('cid', 'Ill'), `X-CALENDARSERVER-ATTENDEE-COMMENT;${ref};${stamp}:`]);
    expect(told(take(before, 'X-CALENDARSERVER-PRIVATE-COMMENT:Late'))).toEqual(told(before));
  });
});
