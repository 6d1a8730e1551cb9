import fc from 'fast-check';
import ICAL from 'ical.js';
import {describe, expect, test} from 'vitest';
import {cloned, type JcalComponent, jcalOf} from '../../src/ical/jcal.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {printCalendar} from '../../src/ical/print.ts';

const calendarWith = (...properties: JcalComponent[1]) => ({component: new ICAL.Component(['vcalendar', properties, []])});

describe('RFC 5545 §3.1: printed lines', () => {
  test('have 75 octets at most, and say the same when they are unfolded', () => {
    fc.assert(
      fc.property(fc.string({unit: fc.constantFrom('a', ' ', 'ü', '€', '😀'), maxLength: 300}), text => {
        const printed = printCalendar(calendarWith(['x-text', {}, 'unknown', text]));
        for (const line of printed.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(74);
        expect(printed.replaceAll('\r\n ', '')).toContain(`\r\nX-TEXT:${text}\r\n`);
      }),
    );
  });

  test('of plain letters are folded where they are full', () => {
    const [, first, second, third] = printCalendar(calendarWith(['x-a', {}, 'unknown', 'b'.repeat(150)])).split('\r\n');
    expect([first!.length, second, third]).toEqual([74, ` ${'b'.repeat(73)}`, ` ${'b'.repeat(7)}`]);
  });

  test('of people have their parameters and address as they are', () => {
    const line = 'ATTENDEE;CN="Doe, J";PARTSTAT=ACCEPTED:mailto:j@example.com';
    const text = `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u\r\n${line}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
    expect(printCalendar(parseCalendar(text))).toContain(line);
  });
});

test('what is cloned is equal, and its own', () => {
  const value = jcalOf(calendarWith(['rrule', {a: ['b', 'c']}, 'recur', {freq: 'DAILY', byday: ['MO']}, null, undefined]));
  const copy = cloned(value);
  expect(copy).toEqual(value);
  expect(copy[1][0]![1]).not.toBe(value[1][0]![1]);
});
