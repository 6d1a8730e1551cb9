import {describe, expect, test} from 'vitest';
import type {Calendar} from '../../src/ical/parse.ts';
import type {Message} from '../../src/itip/message.ts';
import {receive} from '../../src/itip/receive.ts';
import {scheduleChanges} from '../../src/scheduling/schedule-changes.ts';
import {printAlone} from '../../src/xml/print.ts';
import {a, b, me, message, object, vevent} from '../itip/rfc5546.ts';
import {serve} from '../support/serve.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);

const event = (...more: string[]) =>
  vevent(
    'UID:one',
    'DTSTAMP:20260101T000000Z',
    `ORGANIZER:${a}`,
    `ATTENDEE;PARTSTAT=ACCEPTED:${a}`,
    ...(more.some(line => line.endsWith(b)) ? [] : [`ATTENDEE;PARTSTAT=NEEDS-ACTION:${b}`]),
    ...more,
  );
const at = (time: string) => `DTSTART;TZID=Europe/Berlin:${time}`;
const once = event(at('20260302T100000'), 'DURATION:PT1H', 'SUMMARY:Talk');
const daily = event(at('20260302T100000'), 'DURATION:PT1H', 'SUMMARY:Talk', 'RRULE:FREQ=DAILY;COUNT=5');
const third = (...more: string[]) =>
  event('RECURRENCE-ID;TZID=Europe/Berlin:20260304T100000', at('20260304T100000'), 'DURATION:PT1H', 'SUMMARY:Talk', ...more);

/** What a message does to an object, as XML without its namespace. */
function changesOf(before: Calendar | undefined, of: Message, who: string): string | undefined {
  const {what, calendar} = receive({mine: before, message: of, isMe: me(who), now});
  const changes = scheduleChanges({what, message: of, before, after: calendar === 'unchanged' ? before : calendar, now});
  return (
    changes &&
    printAlone(changes)
      .replace(/^<\?.*?\?>\s*/, '')
      .replace(/ xmlns(:\w+)?="[^"]*"/g, '')
      .replace(/<(\/?)\w+:/g, '<$1')
  );
}

const head = '<schedule-changes><dtstamp>20260102T030405Z</dtstamp><action>';
const tail = '</action></schedule-changes>';

describe('caldav-schedulingchanges §4.1.2.2 CS:action', () => {
  test('create: a new event', () => {
    expect(changesOf(undefined, message('REQUEST', a, b, once), b)).toBe(`${head}<create/>${tail}`);
  });

  test('update: which properties and parameters are others, of the series and of instances', () => {
    const moved = event(`ATTENDEE;RSVP=TRUE:${b}`, 'DTSTART;VALUE=DATE:20260302', 'SUMMARY:Walk', 'SEQUENCE:1');
    expect(changesOf(object(once), message('REQUEST', a, b, moved), b)).toBe(
      `${head}<update><recurrence><master/><changes>` +
        '<changed-property name="DTEND"/>' +
        '<changed-property name="DTSTART"><changed-parameter name="TZID"/><changed-parameter name="VALUE"/></changed-property>' +
        '<changed-property name="SUMMARY"/>' +
        '<changed-property name="ATTENDEE"><changed-parameter name="PARTSTAT"/><changed-parameter name="RSVP"/></changed-property>' +
        `</changes></recurrence></update>${tail}`,
    );
    const other = third('LOCATION:Attic', 'SEQUENCE:1');
    expect(changesOf(object(daily), message('REQUEST', a, b, other), b)).toBe(
      `${head}<update><recurrence><recurrenceid>20260304T090000Z</recurrenceid><changes><changed-property name="LOCATION"/>` +
        `</changes></recurrence></update>${tail}`,
    );
  });

  test('cancel: of the whole nothing more is said, else which instances', () => {
    const cancelled = (part: string[]) => [...part.slice(0, -1), 'STATUS:CANCELLED', 'SEQUENCE:1', 'END:VEVENT'];
    expect(changesOf(object(daily), message('CANCEL', a, b, cancelled(daily)), b)).toBe(`${head}<cancel/>${tail}`);
    expect(changesOf(object(daily), message('CANCEL', a, b, cancelled(third())), b)).toBe(
      `${head}<cancel><recurrence><recurrenceid>20260304T090000Z</recurrenceid></recurrence></cancel>${tail}`,
    );
  });

  test('reply: whose, to which instances, and that there is a comment', () => {
    const answer = vevent(
      'UID:one',
      'DTSTAMP:20260101T000000Z',
      'RECURRENCE-ID:20260304T090000Z',
      `ORGANIZER:${a}`,
      `ATTENDEE;PARTSTAT=DECLINED:${b}`,
      'X-CALENDARSERVER-PRIVATE-COMMENT:Ill',
    );
    expect(changesOf(object(daily), message('REPLY', b, a, answer), a)).toBe(
      `${head}<reply><attendee>${b}</attendee><recurrence><recurrenceid>20260304T090000Z</recurrenceid><changes>` +
        '<changed-property name="ATTENDEE"><changed-parameter name="PARTSTAT"/></changed-property>' +
        `<changed-property name="X-CALENDARSERVER-PRIVATE-COMMENT"/></changes></recurrence></reply>${tail}`,
    );
  });

  test('what changes nothing in the calendar has none', () => {
    expect(changesOf(object(once), message('COUNTER', b, a, once), a)).toBeUndefined();
  });
});

describe('caldav-schedulingchanges §4.1.1 CS:schedule-changes', () => {
  test('is a protected property of what lies in an Inbox', async () => {
    const {ann, bob, delivered} = await serve({ann: [], bob: []});
    const own = once.map(line => line.replace(a, 'mailto:ann@example.com').replace(b, 'mailto:bob@example.com'));
    const body = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...own, 'END:VCALENDAR', ''].join('\r\n');
    expect((await ann.put('/calendars/users/ann/calendar/1.ics', body)).status).toBe(201);
    await delivered();
    const asked = `<propfind xmlns="DAV:"><prop><schedule-changes xmlns="http://calendarserver.org/ns/"/></prop></propfind>`;
    const {text} = await bob.request('PROPFIND', '/calendars/users/bob/inbox/', {headers: {depth: '1'}, body: asked});
    expect(text).toMatch(/<[^>]*create[^>]*\/>/);
  });
});
