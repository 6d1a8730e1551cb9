import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {jcalOf} from '../../src/ical/jcal.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import type {Message, Received} from '../../src/itip/message.ts';
import {receive} from '../../src/itip/receive.ts';
import {Alike} from '../../src/scheduling/alike.ts';

const names = ['bob', 'cid', 'dan', 'eve'];
const addressOf = (name: string) => `mailto:${name}@example.com`;
const guidOf = (address: string) => /^mailto:(\w+)@/i.exec(address)?.[1]?.toLowerCase();
const partstats = ['NEEDS-ACTION', 'ACCEPTED', 'DECLINED'] as const;

interface Part {
  readonly recurrence?: string;
  readonly sequence: number;
  readonly minute: number;
  readonly answers: Readonly<Record<string, string | undefined>>;
}

function calendar(parts: readonly Part[], method?: string) {
  const components = parts.map(({recurrence, sequence, minute, answers}) =>
    [
      'BEGIN:VEVENT',
      'UID:u',
      `DTSTAMP:2027010${sequence + 1}T000000Z`,
      `SEQUENCE:${sequence}`,
      ...(recurrence ? [`RECURRENCE-ID:${recurrence}`, `DTSTART:${recurrence.slice(0, 11)}${minute}00Z`] : []),
      ...(recurrence ? [] : [`DTSTART:20270301T10${minute}00Z`, 'RRULE:FREQ=DAILY;COUNT=5']),
      'DURATION:PT1H',
      'ORGANIZER:mailto:ann@example.com',
      ...Object.entries(answers).flatMap(([name, partstat]) =>
        partstat ? [`ATTENDEE;PARTSTAT=${partstat}:${addressOf(name)}`] : [],
      ),
      'END:VEVENT',
    ].join('\r\n'),
  );
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:x',
    ...(method ? [`METHOD:${method}`] : []),
    ...components,
    'END:VCALENDAR',
    '',
  ].join('\r\n');
}

const answers = fc.record(
  Object.fromEntries(names.map(name => [name, fc.option(fc.constantFrom(...partstats), {nil: undefined})])),
);
const part = fc.record({sequence: fc.nat(1), minute: fc.constantFrom(10, 30), answers});
const parts = fc
  .tuple(part, fc.option(part, {nil: undefined}))
  .map(([master, override]) => [master, ...(override ? [{...override, recurrence: '20270302T101000Z'}] : [])]);

const seen = ({calendar, what, changed, answers}: Received) =>
  JSON.stringify([
    calendar && calendar !== 'unchanged' ? jcalOf(calendar) : calendar,
    what,
    changed,
    answers.map(each => jcalOf(each.message.calendar)),
  ]);

describe('what one message is for many', () => {
  test('is what it is for each of them', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.option(parts, {nil: undefined}), parts),
        fc.array(fc.tuple(fc.nat(1), fc.constantFrom(...names)), {minLength: 4, maxLength: 10}),
        parts,
        fc.constantFrom('REQUEST', 'CANCEL', 'ADD'),
        fc.boolean(),
        (copies, who, told, method, quiet) => {
          const message: Message = {
            method: method as Message['method'],
            uid: 'u',
            from: 'mailto:ann@example.com',
            to: '',
            sequence: 1,
            calendar: parseCalendar(calendar(told, method)),
            ...(quiet ? {quiet: 'refresh' as const} : {}),
          };
          const alike = new Alike(message, guidOf);
          for (const [which, name] of who) {
            const copy = copies[which];
            const text = copy && calendar(copy);
            const bytes = text === undefined ? undefined : new TextEncoder().encode(text);
            const isMe = (address: string) => guidOf(address) === name;
            const to = {...message, to: addressOf(name)};
            const now = 1_800_000_000_000;
            const mine = text === undefined ? undefined : alike.parse(text, bytes!);
            const shared = alike.receive(to, mine, text, {guid: name, isMe, now});
            expect(seen(shared)).toBe(
              seen(receive({mine: text === undefined ? undefined : parseCalendar(text), message: to, isMe, now})),
            );
          }
        },
      ),
      {numRuns: 200},
    );
  });

  test('is found out once for those who have the same', () => {
    const told = [{sequence: 0, minute: 10, answers: Object.fromEntries(names.map(name => [name, 'NEEDS-ACTION']))}];
    const message: Message = {
      method: 'REQUEST',
      uid: 'u',
      from: 'mailto:ann@example.com',
      to: '',
      sequence: 0,
      calendar: parseCalendar(calendar(told, 'REQUEST')),
    };
    const alike = new Alike(message, guidOf);
    const [first, ...others] = names.map(guid =>
      alike.receive(message, undefined, undefined, {guid, isMe: address => guidOf(address) === guid, now: 0}),
    );
    expect(first!.what).toBe('new');
    for (const other of others) expect(other.calendar).toBe(first!.calendar);
  });
});
