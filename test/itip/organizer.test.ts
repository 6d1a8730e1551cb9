import {describe, expect, test} from 'vitest';
import {printCalendar} from '../../src/ical/print.ts';
import {sameAddress} from '../../src/itip/address.ts';
import {organizerChange, refreshesFor} from '../../src/itip/organizer.ts';
import {attendeesIn, roleIn} from '../../src/itip/parties.ts';
import {withStatuses} from '../../src/itip/schedule-status.ts';
import {a, b, c, d, e, lines, me, now, object, vevent} from './rfc5546.ts';

const meeting = (...more: string[]) =>
  vevent(
    'UID:meeting',
    'DTSTAMP:20260101T000000Z',
    `ORGANIZER:${a}`,
    `ATTENDEE;PARTSTAT=ACCEPTED:${a}`,
    'SUMMARY:Meeting',
    'DTSTART:20260302T100000Z',
    'DURATION:PT1H',
    ...more,
  );

type Lines = readonly string[];

function change(
  before: Lines | undefined,
  after: Lines | undefined,
  more: {isLocal?: (address: string) => boolean; isStale?: boolean} = {},
) {
  const [was, is] = [before, after].map(each => each && object([...each]));
  return organizerChange({before: was, after: is, isMe: me(a), now, ...more});
}

const told = ({messages}: {messages: readonly {method: string; to: string}[]}) =>
  messages.map(({method, to}) => `${method} ${to}`);

describe('RFC 6638 §3.2.1.1, §3.2.1.2 SCHEDULE-AGENT of an attendee', () => {
  const attendee: Record<string, string[]> = {
    absent: [],
    SERVER: [`ATTENDEE:${b}`],
    CLIENT: [`ATTENDEE;SCHEDULE-AGENT=CLIENT:${b}`],
    NONE: [`ATTENDEE;SCHEDULE-AGENT=NONE:${b}`],
  };

  test.each([
    ['absent', 'SERVER', ['REQUEST']],
    ['absent', 'CLIENT', []],
    ['absent', 'NONE', []],
    ['SERVER', 'absent', ['CANCEL']],
    ['SERVER', 'SERVER', ['REQUEST']],
    ['SERVER', 'CLIENT', ['CANCEL']],
    ['SERVER', 'NONE', ['CANCEL']],
    ['CLIENT', 'absent', []],
    ['CLIENT', 'SERVER', ['REQUEST']],
    ['CLIENT', 'CLIENT', []],
    ['NONE', 'absent', []],
    ['NONE', 'SERVER', ['REQUEST']],
  ])('%s, then %s: %j', (was, is, methods) => {
    const {messages} = change(meeting(...attendee[was]!), meeting('LOCATION:Here', ...attendee[is]!));
    expect(messages.map(({method}) => method)).toEqual(methods);
  });

  test('what it and SCHEDULE-STATUS say stays at home', () => {
    const {calendar, messages} = change(
      undefined,
      meeting(`ATTENDEE;SCHEDULE-AGENT=SERVER;SCHEDULE-STATUS=5.1;X-NUM-GUESTS=0:${b}`),
    );
    expect(lines(messages[0]!.calendar)).toContain(`ATTENDEE:${b}`);
    expect(lines(calendar)).toContain(`ATTENDEE;SCHEDULE-AGENT=SERVER;X-NUM-GUESTS=0:${b}`);
  });

  test('whom the client sees to has the PARTSTAT that the client says', () => {
    const [was, is] = ['NEEDS-ACTION', 'ACCEPTED'].map(partstat =>
      meeting(`ATTENDEE;SCHEDULE-AGENT=CLIENT;PARTSTAT=${partstat}:${b}`),
    );
    expect(lines(change(was, is, {isLocal: () => true}).calendar)).toContain(
      `ATTENDEE;SCHEDULE-AGENT=CLIENT;PARTSTAT=ACCEPTED:${b}`,
    );
  });
});

describe('RFC 6638 §7.2 SCHEDULE-FORCE-SEND', () => {
  test('REQUEST sends though nothing has changed, and is not stored', () => {
    const before = meeting(`ATTENDEE:${b}`, `ATTENDEE:${c}`);
    const forced = change(before, meeting(`ATTENDEE;SCHEDULE-FORCE-SEND=REQUEST:${b}`, `ATTENDEE:${c}`));
    expect(told(forced)).toEqual([`REQUEST ${b}`]);
    expect(printCalendar(forced.calendar!)).not.toContain('FORCE');
  });

  test('asks anew who is named NEEDS-ACTION in it, also where it was made to an older one', () => {
    const before = meeting(`ATTENDEE;PARTSTAT=ACCEPTED:${b}`, `ATTENDEE;PARTSTAT=ACCEPTED:${c}`);
    const asks = [`ATTENDEE;SCHEDULE-FORCE-SEND=REQUEST;PARTSTAT=NEEDS-ACTION:${b}`, `ATTENDEE;PARTSTAT=NEEDS-ACTION:${c}`];
    const {calendar} = change(before, meeting(...asks), {isLocal: () => true, isStale: true});
    expect(lines(calendar)).toContain(`ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:${b}`);
    expect(lines(calendar)).toContain(`ATTENDEE;PARTSTAT=ACCEPTED:${c}`);
  });
});

describe('RFC 6638 §3.2.1 what is the organizer’s own', () => {
  test.each([
    ['an alarm', ['BEGIN:VALARM', 'ACTION:DISPLAY', 'TRIGGER:-PT5M', 'DESCRIPTION:x', 'END:VALARM']],
    ['TRANSP', ['TRANSP:TRANSPARENT']],
    ['what vendors have made up', ['X-MOZ-GENERATION:2', 'X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M']],
    ['CATEGORIES and COMMENT', ['CATEGORIES:Work', 'COMMENT:x']],
    ['LAST-MODIFIED and CREATED', ['LAST-MODIFIED:20260102T000000Z', 'CREATED:20260101T000000Z']],
    ['a private comment of an attendee', [`X-CALENDARSERVER-ATTENDEE-COMMENT;X-CALENDARSERVER-ATTENDEE-REF="${b}":Late`]],
    ['a default told', ['STATUS:CONFIRMED', 'PRIORITY:0']],
  ])('%s is no reason to send, and is never sent', (_, own) => {
    const before = meeting(`ATTENDEE:${b}`);
    const after = meeting(`ATTENDEE:${b}`, ...own);
    expect(told(change(before, after))).toEqual([]);
    const isTold = (line: string) => /^(?:STATUS|PRIORITY|LAST|CREATED|BEGIN|END)/.test(line);
    const sent = lines(change(undefined, after).messages[0]!.calendar);
    expect(sent.filter(line => own.includes(line) && !isTold(line))).toEqual([]);
  });

  test('nothing changed, nothing sent: the calendar is the one that came', () => {
    const after = object(meeting(`ATTENDEE:${b}`));
    const {calendar, messages} = organizerChange({before: object(meeting(`ATTENDEE:${b}`)), after, isMe: me(a), now});
    expect(messages).toEqual([]);
    expect(calendar).toBe(after);
  });

  test('DTEND for DURATION is no change', () => {
    const after = meeting(`ATTENDEE:${b}`).map(line => line.replace('DURATION:PT1H', 'DTEND:20260302T110000Z'));
    expect(told(change(meeting(`ATTENDEE:${b}`), after))).toEqual([]);
  });

  test('an organizer who is on the list twice is sent nothing', () => {
    expect(told(change(undefined, meeting(`ATTENDEE:${a.toUpperCase()}`)))).toEqual([]);
  });
});

describe('RFC 6638 §3.2.4.2 same-organizer-in-all-components', () => {
  test('two organizers are refused', () => {
    const other = meeting('RECURRENCE-ID:20260303T100000Z').map(line => line.replace(`ORGANIZER:${a}`, `ORGANIZER:${b}`));
    const after = object(meeting('RRULE:FREQ=DAILY'), other);
    expect(() => organizerChange({before: undefined, after, isMe: me(a), now})).toThrow(
      expect.objectContaining({refusal: 'organizer differs'}),
    );
  });

  test('who has let go of everybody may let go of ORGANIZER', () => {
    const alone = meeting().filter(line => !/^(?:ORGANIZER|ATTENDEE)/.test(line));
    expect(told(change(meeting(`ATTENDEE:${b}`), alone))).toEqual([`CANCEL ${b}`]);
  });

  test('not so while somebody is invited, who would hear of no change any more (§3.2.4.3)', () => {
    const before = meeting(`ATTENDEE:${b}`);
    expect(() =>
      change(
        before,
        before.filter(line => !line.startsWith('ORGANIZER')),
      ),
    ).toThrow(expect.objectContaining({refusal: 'organizer changed'}));
    const myself = meeting().filter(line => !line.startsWith('ORGANIZER'));
    expect(told(change(before, [...myself, `ATTENDEE:${a}`]))).toEqual([`CANCEL ${b}`]);
  });
});

describe('RFC 5546 §2.1.4 SEQUENCE', () => {
  const at = (sequence: number, ...more: string[]) => meeting(`ATTENDEE:${b}`, `SEQUENCE:${sequence}`, ...more);

  test.each([
    ['DTSTART', at(3).map(line => line.replace('T100000Z', 'T110000Z'))],
    ['DURATION', at(3).map(line => line.replace('PT1H', 'PT2H'))],
    ['RRULE', at(3, 'RRULE:FREQ=DAILY')],
    ['RDATE', at(3, 'RDATE:20260304T100000Z')],
    ['STATUS', at(3, 'STATUS:TENTATIVE')],
    ['LOCATION, or what else attendees are told of,', at(3, 'LOCATION:Elsewhere')],
    ['a client that lowers it', at(1).map(line => line.replace('PT1H', 'PT2H'))],
  ])('%s raises it', (_, after) => {
    expect(change(at(3), after).messages.map(({sequence}) => sequence)).toEqual([4]);
  });

  test('it never falls', () => {
    expect(lines(change(at(3), at(1, 'COMMENT:of one’s own')).calendar)).toContain('SEQUENCE:3');
  });
});

describe('RFC 6638 §3.2.10 PARTSTAT in what an organizer’s client stores', () => {
  const who = (partstat: string) => meeting(`ATTENDEE;PARTSTAT=${partstat}:${b}`);
  const here = {isLocal: (address: string) => sameAddress(address, b)};

  test('of who is here comes by their reply alone', () => {
    expect(lines(change(who('DECLINED'), who('ACCEPTED'), here).calendar)).toContain(`ATTENDEE;PARTSTAT=DECLINED:${b}`);
    expect(lines(change(undefined, who('ACCEPTED'), here).calendar)).toContain(`ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:${b}`);
  });

  test('of others is what the client has read in their mail, and nobody is told', () => {
    const {calendar, messages} = change(who('NEEDS-ACTION'), who('ACCEPTED'));
    expect(lines(calendar)).toContain(`ATTENDEE;PARTSTAT=ACCEPTED:${b}`);
    expect(messages).toEqual([]);
  });
});

describe('RFC 6638 §7.3 SCHEDULE-STATUS', () => {
  test('is written where the message went', () => {
    const {calendar, messages} = change(undefined, meeting(`ATTENDEE:${b}`, `ATTENDEE:${c}`));
    const written = withStatuses(
      calendar!,
      messages.map(message => ({message, status: message.to === b ? '1.2' : '3.7'})),
    );
    expect(lines(written)).toEqual(
      expect.arrayContaining([`ATTENDEE;SCHEDULE-STATUS=1.2:${b}`, `ATTENDEE;SCHEDULE-STATUS=3.7:${c}`]),
    );
  });

  test('is that of the last message, in all components (§3.2.9)', () => {
    const mine = object(
      meeting(`ATTENDEE;SCHEDULE-STATUS=2.0:${b}`, 'RRULE:FREQ=DAILY'),
      meeting(`ATTENDEE:${b}`, 'RECURRENCE-ID:20260303T100000Z'),
    );
    const written = withStatuses(mine, [{message: {to: b}, status: '1.2'}]);
    expect(lines(written).filter(line => line === `ATTENDEE;SCHEDULE-STATUS=1.2:${b}`)).toHaveLength(2);
  });

  test('of a reply is the ORGANIZER’s, also of one who takes part', () => {
    const mine = object(vevent('UID:1', `ORGANIZER:${a}`, `ATTENDEE;PARTSTAT=ACCEPTED:${a}`, `ATTENDEE;PARTSTAT=ACCEPTED:${b}`));
    const written = withStatuses(mine, [{message: {to: a}, status: '1.2'}]);
    expect(lines(written).filter(line => line.includes('STATUS'))).toEqual([`ORGANIZER;SCHEDULE-STATUS=1.2:${a}`]);
  });

  test('what the server has said stays, whatever the client says', () => {
    const {calendar} = change(
      meeting(`ATTENDEE;SCHEDULE-STATUS=1.2:${b}`),
      meeting(`ATTENDEE;SCHEDULE-STATUS=3.7:${b}`, 'COMMENT:x'),
    );
    expect(lines(calendar)).toContain(`ATTENDEE;SCHEDULE-STATUS=1.2:${b}`);
  });
});

describe('CalendarServer private comments', () => {
  test('of attendees stay, though the organizer’s client leaves them out', () => {
    const comment = `X-CALENDARSERVER-ATTENDEE-COMMENT;X-CALENDARSERVER-ATTENDEE-REF="${b}":Late`;
    const {calendar, messages} = change(meeting(`ATTENDEE:${b}`, comment), meeting(`ATTENDEE:${b}`));
    expect(lines(calendar)).toContain(comment);
    expect(messages).toEqual([]);
  });
});

describe('copies of others after a reply', () => {
  test('everybody else has the whole, for their copy alone', () => {
    const calendar = object(meeting(`ATTENDEE;PARTSTAT=ACCEPTED:${b}`, `ATTENDEE:${c}`, `ATTENDEE:${d}`));
    const messages = refreshesFor(calendar, {isMe: me(a), now, except: b});
    expect(messages.map(({method, to, quiet}) => [method, to, quiet])).toEqual([
      ['REQUEST', c, 'refresh'],
      ['REQUEST', d, 'refresh'],
    ]);
    expect(messages[0]!.calendar).toBe(messages[1]!.calendar);
  });
});

describe('a thousand attendees', () => {
  const crowd = (...more: string[]) =>
    meeting(...Array.from({length: 1000}, (_, index) => `ATTENDEE;CN=P${index}:mailto:p${index}@example.com`), ...more);

  test('share one calendar in their messages', () => {
    const {messages} = change(undefined, crowd());
    expect(messages).toHaveLength(1000);
    expect(new Set(messages.map(({calendar}) => calendar)).size).toBe(1);
    const moved = change(
      crowd(),
      crowd().map(line => line.replace('T100000Z', 'T110000Z')),
    );
    expect(new Set(moved.messages.map(({calendar}) => calendar)).size).toBe(1);
  });
});

describe('addresses and roles', () => {
  test.each([
    ['mailto:B@Example.com', 'MAILTO:b@example.com', true],
    ['mailto:b%40example.com', 'mailto:b@example.com', true],
    ['b@example.com', 'mailto:b@example.com', true],
    ['urn:uuid:ABC', 'URN:uuid:abc', true],
    ['https://Example.com/principals/B/', 'https://example.com/principals/B', true],
    ['/principals/b', '/principals/B', false],
    ['mailto:b@example.com', 'mailto:c@example.com', false],
  ])('%s and %s: %s', (one, other, same) => {
    expect(sameAddress(one, other)).toBe(same);
  });

  test('the owner’s role (RFC 6638 §3.1)', () => {
    const calendar = object(meeting(`ATTENDEE:${b}`));
    expect([a, b, e].map(who => roleIn(calendar, me(who)))).toEqual(['organizer', 'attendee', undefined]);
    expect([...attendeesIn(calendar).values()]).toEqual([a, b]);
  });
});
