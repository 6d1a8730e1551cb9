import fc from 'fast-check';
import ICAL from 'ical.js';
import {describe, expect, test} from 'vitest';
import {IcalError} from '../../src/ical/ical-error.ts';
import {firstProperty, jcalOf} from '../../src/ical/jcal.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {printCalendar} from '../../src/ical/print.ts';
import {component, event, vcalendar} from './text.ts';

function refusal(source: string | Uint8Array): {line: number; message: string} {
  try {
    parseCalendar(source);
  } catch (error) {
    if (error instanceof IcalError) return {line: error.line, message: error.message};
    throw error;
  }
  throw new Error('it was taken');
}

const summaryOf = (source: string | Uint8Array) =>
  parseCalendar(source).component.getFirstSubcomponent('vevent')!.getFirstPropertyValue('summary');

describe('RFC 5545 §3.1, content lines as clients send them', () => {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'BEGIN:VEVENT',
    'UID:1',
    'SUMMARY:one',
    '  two',
    'END:VEVENT',
    'END:VCALENDAR',
  ];

  test.each([
    ['CRLF', lines.join('\r\n')],
    ['LF', lines.join('\n')],
    ['CR', lines.join('\r')],
    ['CR CR LF', lines.join('\r\r\n')],
    ['a byte order mark', `\ufeff${lines.join('\r\n')}`],
    ['blank lines', lines.join('\r\n\r\n')],
    ['a tab that folds', lines.join('\r\n').replace('\r\n  two', '\r\n\t two')],
    ['control characters', lines.join('\r\n').replace('one', 'o\u0000n\u0008e')],
    ['names in lower case', lines.join('\r\n').replace('BEGIN:VEVENT', 'begin:vevent').replace('END:VEVENT', 'end:Vevent')],
    ['space after END', `${lines.join(' \r\n').replace('one \r\n', 'one\r\n').replace('two \r\n', 'two\r\n')}\r\n \r\n`],
  ])('%s', (_, source) => {
    expect(summaryOf(source)).toBe('one two');
  });

  test('a fold within a character of UTF-8', () => {
    const bytes = Buffer.from(vcalendar(...component('VEVENT', 'SUMMARY:Gr\u00fc\u00dfe')));
    const at = bytes.indexOf(0xc3) + 1;
    const folded = Buffer.concat([bytes.subarray(0, at), Buffer.from('\r\n '), bytes.subarray(at)]);
    expect(summaryOf(folded)).toBe('Gr\u00fc\u00dfe');
  });

  test('a time zone with a space at its end, known from Microsoft', () => {
    const {component: calendar} = event('DTSTART;TZID=Europe/Berlin :20260101T100000');
    expect(calendar.getFirstSubcomponent('vevent')!.getFirstProperty('dtstart')!.getParameter('tzid')).toBe('Europe/Berlin');
  });

  test.each([
    ['EXDATE;VALUE=DATE:20260102T100000', 'date-time', '2026-01-02T10:00:00'],
    ['EXDATE:20260102', 'date', '2026-01-02'],
    ['EXDATE;TZID=Europe/Berlin:20260102', 'date', '2026-01-02'],
  ])('%s is read as what it is', (line, type, value) => {
    const property = firstProperty(jcalOf(event('DTSTART:20260101T100000', line))[2][0]!, 'exdate')!;
    expect([property[2], property[3]]).toEqual([type, value]);
  });

  test('a rule in lower case, with a semicolon at its end', () => {
    const property = firstProperty(jcalOf(event('RRULE:freq=daily;count=2;'))[2][0]!, 'rrule')!;
    expect(property[3]).toEqual({freq: 'DAILY', count: 2});
  });
});

describe('what is no iCalendar is refused, with its line', () => {
  test.each([
    ['', 1, 'BEGIN:VCALENDAR'],
    ['<html>', 1, 'BEGIN:VCALENDAR'],
    ['BEGIN:VCARD\nEND:VCARD', 1, 'BEGIN:VCALENDAR'],
    ['BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR', 3, 'END:VCALENDAR ends nothing'],
    ['BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n', 3, 'END:VEVENT is missing'],
    ['BEGIN:VCALENDAR\nEND:VCALENDAR\nBEGIN:VCALENDAR\nEND:VCALENDAR', 3, 'more than one'],
    ['BEGIN:VCALENDAR\nEND:VCALENDAR\nrest:x', 3, 'after END:VCALENDAR'],
    ['BEGIN:VCALENDAR\nBEGIN:VEVENT\nhello world\nEND:VEVENT\nEND:VCALENDAR', 3, 'neither a property'],
    ['BEGIN:VCALENDAR\nX;Y=1\nEND:VCALENDAR', 2, 'no value'],
    ['BEGIN:VCALENDAR\nX;Y="1:2\nEND:VCALENDAR', 2, 'does not end'],
    ['BEGIN:VCALENDAR\nBEGIN:VEVENT\n\nRRULE:FREQ=SOMETIMES\nEND:VEVENT\nEND:VCALENDAR', 4, 'FREQ'.toLowerCase()],
    [`${'BEGIN:VCALENDAR\n'.repeat(1)}${'BEGIN:X\n'.repeat(20)}`, 17, 'nested deeper'],
  ])('%j', (source, line, message) => {
    const refused = refusal(source);
    expect(refused.line).toBe(line);
    expect(refused.message.toLowerCase()).toContain(message.toLowerCase());
  });

  test('bytes that are no UTF-8', () => {
    const bytes = Buffer.concat([
      Buffer.from('BEGIN:VCALENDAR\r\nX:'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('\r\nEND:VCALENDAR\r\n'),
    ]);
    expect(refusal(bytes)).toEqual({line: 2, message: 'the text is not UTF-8'});
  });
});

describe('what is meant to hurt costs what it weighs', () => {
  // Each of these took seconds or minutes where one step of parsing was quadratic; the bound is generous for a busy machine.
  const within = (source: string, milliseconds: number) => {
    const start = performance.now();
    try {
      parseCalendar(source);
    } catch (error) {
      if (!(error instanceof IcalError)) throw error;
    }
    expect(performance.now() - start).toBeLessThan(milliseconds);
  };

  test.each([
    ['a line of 3 MB', `DESCRIPTION:${'x'.repeat(3e6)}`],
    [
      'a line of 3 MB in 75s',
      `DESCRIPTION:${'\u00fc'.repeat(20)}${'\r\n xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'.repeat(44_000)}`,
    ],
    ['a list of 500,000 categories', `CATEGORIES:${'a,'.repeat(500_000)}`],
    ['1.5 million escapes', `DESCRIPTION:${'\\n'.repeat(1_500_000)}`],
    ['5,000 parameters', `ATTENDEE;${Array.from({length: 5000}, (_, at) => `X-P${at}="a"`).join(';')}:mailto:a@example.com`],
    [
      '500 parameters before 3 MB',
      `ATTENDEE;${Array.from({length: 500}, (_, at) => `X-P${at}="a"`).join(';')}:${'x'.repeat(3e6)}`,
    ],
    [
      'a member list of 100,000',
      `ATTENDEE;MEMBER=${Array.from({length: 100_000}, () => '"mailto:a@example.com"').join(',')}:mailto:a@example.com`,
    ],
    ['quotes without an end', `X;A=${'"'.repeat(1_000_001)}:1`],
    ['100,000 properties', 'X-A:b\r\n'.repeat(100_000).trimEnd()],
    ['100,000 blank lines', `X-A:b${'\r\n'.repeat(100_000)}`],
  ])('%s', (_, line) => {
    within(vcalendar(...component('VEVENT', line)), 3000);
  });

  test('more than 500 parameters are refused', () => {
    const line = `ATTENDEE;${Array.from({length: 501}, (_, at) => `X-P${at}=a`).join(';')}:mailto:a@example.com`;
    expect(refusal(vcalendar(...component('VEVENT', line)))).toEqual({
      line: 7,
      message: 'a property has more than 500 parameters',
    });
  });
});

describe('printCalendar', () => {
  const word = fc.string({unit: 'grapheme', maxLength: 120}).map(text => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, ''));
  const name = fc.stringMatching(/^X-[A-Z]{1,8}$/);

  test('parse, print, parse: the same calendar; print is stable', () => {
    fc.assert(
      fc.property(word, fc.array(fc.tuple(name, word)), fc.array(word), (summary, parameters, categories) => {
        const made = new ICAL.Component(['vcalendar', [['version', {}, 'text', '2.0']], [['vevent', [], []]]]);
        const inner = made.getFirstSubcomponent('vevent')!;
        inner.addPropertyWithValue('summary', summary);
        const attendee = new ICAL.Property('attendee');
        for (const [key, value] of parameters) attendee.setParameter(key.toLowerCase(), value.replace(/["\n]/g, ''));
        attendee.setValue('mailto:a@example.com');
        inner.addProperty(attendee);
        if (categories.length > 0) {
          const property = new ICAL.Property('categories');
          property.setValues(categories);
          inner.addProperty(property);
        }
        const printed = printCalendar({component: made});
        const parsed = parseCalendar(printed);
        expect(parsed.component.getFirstSubcomponent('vevent')!.getFirstPropertyValue('summary')).toBe(summary);
        expect(printCalendar(parsed)).toBe(printed);
      }),
    );
  });

  test('§3.1: no line is longer than 75 octets, and each ends with CRLF', () => {
    fc.assert(
      fc.property(fc.string({unit: 'grapheme', maxLength: 400}), text => {
        const made = new ICAL.Component(['vcalendar', [['x-a', {}, 'text', text.replace(/[\u0000-\u001f\u007f]/g, '')]], []]);
        const printed = printCalendar({component: made});
        expect(printed.endsWith('END:VCALENDAR\r\n')).toBe(true);
        for (const line of printed.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
      }),
    );
  });

  test('names that are also names of JavaScript come through', () => {
    const source = vcalendar(
      ...component('VEVENT', 'CONSTRUCTOR:a', 'TOSTRING;VALUEOF=b:c', '__PROTO__;__PROTO__=x:d', 'X;VALUE=CONSTRUCTOR:e'),
    );
    const printed = printCalendar(parseCalendar(source));
    expect(printed).toContain('CONSTRUCTOR:a\r\n');
    expect(printed).toContain('TOSTRING;VALUEOF=b:c\r\n');
  });
});

test('more lines than any object has are refused where they begin', () => {
  expect(refusal(vcalendar(...Array(110_000).fill('X-A:1')))).toEqual({
    line: 100_001,
    message: 'there are more than 100000 lines',
  });
});
