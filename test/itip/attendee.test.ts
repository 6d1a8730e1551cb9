import {describe, expect, test} from 'vitest';
import type {Calendar} from '../../src/ical/parse.ts';
import {attendeeChange} from '../../src/itip/attendee.ts';
import {receive} from '../../src/itip/receive.ts';
import {a, b, c, calendarIn, d, e, lines, me, message, now, object, vevent} from './rfc5546.ts';

const meeting = (...more: string[]) => [
  'UID:meeting',
  'DTSTAMP:20260101T000000Z',
  'SEQUENCE:2',
  `ORGANIZER;CN=A:${a}`,
  `ATTENDEE;PARTSTAT=ACCEPTED:${a}`,
  `ATTENDEE;CN=B;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:${b}`,
  `ATTENDEE;CN=C;ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED:${c}`,
  ...more,
];
const when = ['SUMMARY:Meeting', 'DTSTART;TZID=Europe/Berlin:20260302T100000', 'DTEND;TZID=Europe/Berlin:20260302T110000'];
const once = meeting(...when);
const daily = meeting(...when, 'RRULE:FREQ=DAILY;COUNT=5');

function change(before: readonly string[] | Calendar, after: readonly string[] | Calendar | undefined) {
  const calendar = (of: readonly string[] | Calendar) => ('component' in of ? of : object(vevent(...of)));
  return attendeeChange({before: calendar(before), after: after && calendar(after), isMe: me(b), now});
}

const answered = (partstat: string, of: readonly string[] = once) =>
  of.map(line => line.replace('RSVP=TRUE;PARTSTAT=NEEDS-ACTION', `PARTSTAT=${partstat}`));

const attendees = (calendar: Calendar) => lines(calendar).filter(line => line.startsWith('ATTENDEE'));

describe('RFC 6638 §3.2.2.1 what an attendee may change', () => {
  const alarm = ['BEGIN:VALARM', 'ACTION:DISPLAY', 'TRIGGER:-PT5M', 'DESCRIPTION:x', 'END:VALARM'];

  test.each([
    ['an alarm', [...once, ...alarm]],
    ['TRANSP', [...once, 'TRANSP:TRANSPARENT']],
    [
      'CATEGORIES and what vendors have made up',
      [...once, 'CATEGORIES:Mine', 'X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC', 'COLOR:red'],
    ],
    ['CREATED, LAST-MODIFIED and COMMENT', [...once, 'CREATED:20260101T000000Z', 'LAST-MODIFIED:20260102T000000Z', 'COMMENT:x']],
    ['PERCENT-COMPLETE and COMPLETED', [...once, 'PERCENT-COMPLETE:50']],
  ])('%s: nobody is told', (_, after) => {
    const {calendar, reply} = change(once, after);
    expect(reply).toBeUndefined();
    expect(lines(calendar)).toEqual(
      expect.arrayContaining(after.slice(once.length).filter(line => !/^(?:END|BEGIN)/.test(line))),
    );
  });

  test.each([
    ['DURATION for DTEND', [...once.filter(line => !line.startsWith('DTEND')), 'DURATION:PT1H']],
    [
      'times in UTC',
      [...once.filter(line => !/^DT(?:START|END)/.test(line)), 'DTSTART:20260302T090000Z', 'DTEND:20260302T100000Z'],
    ],
    ['defaults told', [...once, 'PRIORITY:0', 'CLASS:PUBLIC', 'STATUS:CONFIRMED', 'DESCRIPTION:']],
    ['another order', [...once.slice(0, 3), ...once.slice(7), ...once.slice(3, 7)]],
    ['an address in other case', once.map(line => line.replace('mailto:c', 'MAILTO:C'))],
    ['text wrapped anew', once.map(line => line.replace('SUMMARY:Meeting', 'SUMMARY:Meeting '))],
    ['HTML that Outlook adds', [...once, 'X-ALT-DESC;FMTTYPE=text/html:<p>Meeting</p>']],
  ])('%s is no change', (_, after) => {
    expect(change(once, after).reply).toBeUndefined();
  });

  test('parameters of others that a client loses are put back, as are DTSTAMP and SEQUENCE of the copy', () => {
    const after = once
      .map(line => line.replace('CN=C;ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED', 'PARTSTAT=DECLINED'))
      .map(line => line.replace('DTSTAMP:2026', 'DTSTAMP:2027').replace('SEQUENCE:2', 'SEQUENCE:7'));
    const {calendar, reply} = change(once, after);
    expect(reply).toBeUndefined();
    expect(attendees(calendar!)).toContain(`ATTENDEE;CN=C;ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED:${c}`);
    expect(lines(calendar)).toContain('SEQUENCE:2');
    expect(calendar!.component.getFirstSubcomponent('vevent')!.getFirstPropertyValue('dtstamp')!.toString()).toContain('2026');
  });

  test('who answers by another of their own addresses answers by the one they were invited by', () => {
    const own = 'urn:uuid:10000000-0000-0000-0000-00000000000b';
    const after = object(vevent(...answered('ACCEPTED').map(line => (line.endsWith(b) ? line.replace(b, own) : line))));
    const isMe = (address: string) => address === own || me(b)(address);
    const {calendar, reply} = attendeeChange({before: object(vevent(...once)), after, isMe, now});
    expect(attendees(reply!.calendar)).toEqual([`ATTENDEE;CN=B;PARTSTAT=ACCEPTED:${b}`]);
    expect(reply!.from).toBe(b);
    expect(lines(calendar).join()).not.toContain(own);
  });

  test('who is invited by two of their addresses answers by the one whose PARTSTAT they change, or by both (§3.2.2.1)', () => {
    const own = 'mailto:bob@elsewhere.example';
    const isMe = (address: string) => address === own || me(b)(address);
    const twice = (first: string, second: string) =>
      object(
        vevent(
          ...answered(first).filter(line => !line.startsWith('TRANSP')),
          `ATTENDEE;PARTSTAT=${second}:${own}`,
          'TRANSP:TRANSPARENT',
        ),
      );
    const before = twice('NEEDS-ACTION', 'NEEDS-ACTION');
    const second = attendeeChange({before, after: twice('NEEDS-ACTION', 'ACCEPTED'), isMe, now});
    expect(second.reply).toMatchObject({from: own, to: a});
    expect(attendees(second.reply!.calendar)).toEqual([`ATTENDEE;PARTSTAT=ACCEPTED:${own}`]);
    expect(second.others).toBeUndefined();
    expect(lines(second.calendar)).not.toContain('TRANSP:TRANSPARENT');
    const both = attendeeChange({before, after: twice('DECLINED', 'ACCEPTED'), isMe, now});
    expect([both.reply!, ...both.others!].map(reply => attendees(reply.calendar))).toEqual([
      [`ATTENDEE;CN=B;PARTSTAT=DECLINED:${b}`],
      [`ATTENDEE;PARTSTAT=ACCEPTED:${own}`],
    ]);
    const removed = attendeeChange({before: twice('DECLINED', 'ACCEPTED'), after: undefined, isMe, now});
    expect([removed.reply?.from, removed.others]).toEqual([own, undefined]);
  });

  test('STATUS that a client sets on answering is put back', () => {
    const {calendar, reply} = change(once, [...answered('TENTATIVE'), 'STATUS:TENTATIVE']);
    expect(lines(calendar)).not.toContain('STATUS:TENTATIVE');
    expect(attendees(reply!.calendar)).toEqual([`ATTENDEE;CN=B;PARTSTAT=TENTATIVE:${b}`]);
  });

  test('the organizer’s texts are put back, and the answer that came with them counts', () => {
    const after = answered('ACCEPTED').map(line => line.replace('SUMMARY:Meeting', 'SUMMARY:Meet'));
    const {calendar, reply} = change(once, [...after, 'LOCATION:Here', 'DESCRIPTION:x']);
    expect(lines(calendar)).toContain('SUMMARY:Meeting');
    expect(lines(calendar).filter(line => /^(?:LOCATION|DESCRIPTION)/.test(line))).toEqual([]);
    expect(attendees(reply!.calendar)).toEqual([`ATTENDEE;CN=B;PARTSTAT=ACCEPTED:${b}`]);
    expect(change(once, [...once, 'LOCATION:Here']).reply).toBeUndefined();
  });

  test.each([
    ['the start', once.map(line => line.replace('20260302T100000', '20260302T093000'))],
    ['somebody more', [...once, `ATTENDEE:${d}`]],
    ['somebody less', once.filter(line => !line.endsWith(c))],
    ['themselves off the list', once.filter(line => !line.endsWith(b))],
    ['the organizer', once.map(line => line.replace(`ORGANIZER;CN=A:${a}`, `ORGANIZER:${e}`))],
    ['a rule', [...once, 'RRULE:FREQ=DAILY']],
  ])('%s is for the organizer to change', (_, after) => {
    expect(() => change(once, after)).toThrow(expect.objectContaining({name: 'ItipError', refusal: 'not allowed'}));
  });

  test('who is busy by answering is no longer transparent, though the client leaves that as it was', () => {
    const before = [...once, 'TRANSP:TRANSPARENT'];
    expect(lines(change(before, answered('ACCEPTED', before)).calendar)).not.toContain('TRANSP:TRANSPARENT');
    expect(lines(change(before, answered('DECLINED', before)).calendar)).toContain('TRANSP:TRANSPARENT');
  });
});

describe('RFC 6638 §3.2.2.2 an attendee changes instances', () => {
  const third = (partstat: string) => [
    ...answered(partstat, meeting('SUMMARY:Meeting')),
    'RECURRENCE-ID;TZID=Europe/Berlin:20260304T100000',
    'DTSTART;TZID=Europe/Berlin:20260304T100000',
    'DTEND;TZID=Europe/Berlin:20260304T110000',
  ];

  test('an override of their own with another PARTSTAT is a reply for this instance', () => {
    const {reply} = change(object(vevent(...daily)), object(vevent(...daily), vevent(...third('DECLINED'))));
    const text = lines(reply!.calendar);
    expect(text.filter(line => line.startsWith('RECURRENCE-ID'))).toHaveLength(1);
    expect(attendees(reply!.calendar)).toEqual([`ATTENDEE;CN=B;PARTSTAT=DECLINED:${b}`]);
  });

  test('one that says no more than an alarm is nobody’s business', () => {
    const alarm = ['BEGIN:VALARM', 'ACTION:DISPLAY', 'TRIGGER:-PT5M', 'DESCRIPTION:x', 'END:VALARM'];
    const own = [...third('NEEDS-ACTION'), ...alarm].map(line => line.replace('CN=B;PARTSTAT', 'CN=B;RSVP=TRUE;PARTSTAT'));
    expect(change(object(vevent(...daily)), object(vevent(...daily), vevent(...own))).reply).toBeUndefined();
  });

  test('one that is moved is refused', () => {
    const moved = third('ACCEPTED').map(line => line.replace(/(DT(?:START|END).*)T1/, '$1T2'));
    expect(() => change(object(vevent(...daily)), object(vevent(...daily), vevent(...moved)))).toThrow('for the organizer');
  });

  test('one of an instance that is not there is refused', () => {
    const strange = third('ACCEPTED').map(line => line.replaceAll('20260304', '20260404'));
    expect(() => change(object(vevent(...daily)), object(vevent(...daily), vevent(...strange)))).toThrow('not');
  });

  test('EXDATE declines the instance', () => {
    const {calendar, reply} = change(daily, [...daily, 'EXDATE;TZID=Europe/Berlin:20260304T100000']);
    expect(lines(calendar)).toContain('EXDATE;TZID=Europe/Berlin:20260304T100000');
    expect(lines(reply!.calendar)).toEqual(
      expect.arrayContaining(['RECURRENCE-ID;TZID=Europe/Berlin:20260304T100000', `ATTENDEE;CN=B;PARTSTAT=DECLINED:${b}`]),
    );
  });

  test('EXDATE as a DATE, as Evolution says it, too', () => {
    const {reply} = change(daily, [...daily, 'EXDATE;VALUE=DATE:20260304']);
    expect(lines(reply!.calendar)).toContain('RECURRENCE-ID;TZID=Europe/Berlin:20260304T100000');
  });

  test('taking an EXDATE back is refused: what is left out may be the organizer’s', () => {
    expect(() => change([...daily, 'EXDATE;TZID=Europe/Berlin:20260304T100000'], daily)).toThrow('EXDATE');
  });

  test('the organizer’s exception that a client drops is put back', () => {
    const exception = third('NEEDS-ACTION').map(line => line.replace('SUMMARY:Meeting', 'SUMMARY:Other'));
    const {calendar, reply} = change(object(vevent(...daily), vevent(...exception)), object(vevent(...daily)));
    expect(reply).toBeUndefined();
    expect(lines(calendar)).toContain('SUMMARY:Other');
  });

  test('what others have answered to an instance stays, though a client drops the exception', () => {
    const others = third('NEEDS-ACTION').map(line =>
      line.replace('OPT-PARTICIPANT;PARTSTAT=ACCEPTED', 'OPT-PARTICIPANT;PARTSTAT=DECLINED'),
    );
    const {calendar, reply} = change(object(vevent(...daily), vevent(...others)), object(vevent(...answered('ACCEPTED', daily))));
    expect(attendees(calendar!)).toEqual([
      ...answered('ACCEPTED').filter(line => line.startsWith('ATTENDEE')),
      ...answered('ACCEPTED')
        .filter(line => line.startsWith('ATTENDEE'))
        .map(line => line.replace('OPT-PARTICIPANT;PARTSTAT=ACCEPTED', 'OPT-PARTICIPANT;PARTSTAT=DECLINED')),
    ]);
    expect(attendees(reply!.calendar)[0]).toBe(`ATTENDEE;CN=B;PARTSTAT=ACCEPTED:${b}`);
  });

  test('an answer to the series names what is answered otherwise', () => {
    const before = object(vevent(...daily), vevent(...third('DECLINED')));
    const {reply} = change(before, object(vevent(...answered('ACCEPTED', daily)), vevent(...third('DECLINED'))));
    expect(attendees(reply!.calendar)).toEqual([`ATTENDEE;CN=B;PARTSTAT=ACCEPTED:${b}`, `ATTENDEE;CN=B;PARTSTAT=DECLINED:${b}`]);
  });
});

describe('RFC 6638 §3.2.2.3 an attendee removes it', () => {
  test('declines', () => {
    expect(attendees(change(once, undefined).reply!.calendar)).toEqual([`ATTENDEE;CN=B;PARTSTAT=DECLINED:${b}`]);
  });

  test('once: what was declined, or is cancelled, sends nothing more', () => {
    expect(change(answered('DECLINED'), undefined).reply).toBeUndefined();
    expect(change([...once, 'STATUS:CANCELLED'], undefined).reply).toBeUndefined();
  });

  test('and has it back when they are asked anew, not before', () => {
    const update = (line: string) => vevent(...answered('DECLINED').filter(each => !each.startsWith('SUMMARY')), line);
    const same = receive({mine: undefined, message: message('REQUEST', a, b, update('SUMMARY:Other')), isMe: me(b), now});
    expect(same.what).toBe('ignored');
    const anew = receive({mine: undefined, message: message('REQUEST', a, b, vevent(...once)), isMe: me(b), now});
    expect(anew.what).toBe('new');
  });
});

describe('RFC 6638 §7 what ORGANIZER says of the scheduling', () => {
  test('SCHEDULE-AGENT=CLIENT: the client sees to it, and may do as it likes', () => {
    const client = once.map(line => line.replace('ORGANIZER;', 'ORGANIZER;SCHEDULE-AGENT=CLIENT;'));
    const after = answered('ACCEPTED', client).map(line => line.replace('SUMMARY:Meeting', 'SUMMARY:Other'));
    expect(change(client, after)).toMatchObject({reply: undefined});
    const mine = object(vevent(...client));
    expect(receive({mine, message: message('REQUEST', a, b, vevent(...once, 'SEQUENCE:9')), isMe: me(b), now}).what).toBe(
      'ignored',
    );
  });

  test.each(['CLIENT', 'NONE'])(
    'SCHEDULE-AGENT=%s of what the server has invited to is not the attendee’s to say where the organizer is here',
    agent => {
      const said = (of: readonly string[]) => of.map(line => line.replace('ORGANIZER;', `ORGANIZER;SCHEDULE-AGENT=${agent};`));
      const both = {before: object(vevent(...once)), after: object(vevent(...said(answered('ACCEPTED')))), isMe: me(b), now};
      const here = attendeeChange({...both, isLocal: address => address === a});
      expect(lines(here.calendar).find(line => line.startsWith('ORGANIZER'))).not.toContain('SCHEDULE-AGENT');
      expect(here.reply).toMatchObject({method: 'REPLY', to: a});
      const elsewhere = attendeeChange(both);
      expect(lines(elsewhere.calendar).find(line => line.startsWith('ORGANIZER'))).toContain(`SCHEDULE-AGENT=${agent}`);
      expect(elsewhere.reply).toBeUndefined();
      const other = said(once).map(line => line.replace(/^(DTSTART.*T)\d\d/, (_, start) => `${start}03`));
      const moving = {...both, after: object(vevent(...other)), isLocal: (address: string) => address === a};
      expect(() => attendeeChange(moving)).toThrow('for the organizer alone to change');
      const kept = {...both, before: object(vevent(...said(once))), isLocal: (address: string) => address === a};
      expect(lines(attendeeChange(kept).calendar).find(line => line.startsWith('ORGANIZER'))).toContain(
        `SCHEDULE-AGENT=${agent}`,
      );
    },
  );

  test('SCHEDULE-FORCE-SEND=REPLY sends what was said before, and is not stored', () => {
    const before = answered('ACCEPTED');
    const {calendar, reply} = change(
      before,
      before.map(line => line.replace('ORGANIZER;', 'ORGANIZER;SCHEDULE-FORCE-SEND=REPLY;')),
    );
    expect(attendees(reply!.calendar)).toEqual([`ATTENDEE;CN=B;PARTSTAT=ACCEPTED:${b}`]);
    expect(lines(calendar)).toContain(`ORGANIZER;CN=A:${a}`);
  });

  test('SCHEDULE-STATUS is the server’s to say', () => {
    const before = once.map(line => line.replace('ORGANIZER;', 'ORGANIZER;SCHEDULE-STATUS=2.0;'));
    const {calendar} = change(
      before,
      once.map(line => line.replace('ORGANIZER;', 'ORGANIZER;SCHEDULE-STATUS=5.1;')),
    );
    expect(lines(calendar)).toContain(`ORGANIZER;SCHEDULE-STATUS=2.0;CN=A:${a}`);
  });

  test('a client that stores an invitation from elsewhere, answered, has the answer sent', () => {
    const {reply} = attendeeChange({before: undefined, after: object(vevent(...answered('ACCEPTED'))), isMe: me(b), now});
    expect(reply).toMatchObject({method: 'REPLY', to: a});
    expect(attendeeChange({before: undefined, after: object(vevent(...once)), isMe: me(b), now}).reply).toBeUndefined();
  });
});

describe('CalendarServer private comments', () => {
  test('go to the organizer, who alone has them', () => {
    const {reply} = change(once, [...once, 'X-CALENDARSERVER-PRIVATE-COMMENT:Late']);
    const mine = object(vevent(...once));
    const {calendar} = receive({mine, message: {...reply!}, isMe: me(a), now});
    const comment = lines(calendar).find(line => line.startsWith('X-CALENDARSERVER-ATTENDEE-COMMENT'));
    expect(comment).toContain(`X-CALENDARSERVER-ATTENDEE-REF="${b}"`);
    expect(comment).toMatch(/:Late$/);
    const again = receive({mine: calendarIn(calendar), message: {...reply!}, isMe: me(a), now});
    expect(again.calendar).toBe('unchanged');
  });
});
