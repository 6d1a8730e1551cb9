import {describe, expect, test} from 'vitest';
import {readCalendarObject} from '../../../src/caldav/admit/calendar-object.ts';
import {caldav} from '../../../src/xml/names.ts';
import {event, todo} from '../../support/events.ts';

const parse = (source: string) => readCalendarObject(new TextEncoder().encode(source));

describe('RFC 4791 §4.1 calendar object resources', () => {
  test('an object is known by its UID and its type of component', () => {
    expect(parse(event('1'))).toMatchObject({uid: '1', component: 'VEVENT'});
    expect(parse(todo('2'))).toMatchObject({uid: '2', component: 'VTODO'});
  });

  test('a refusal names the line', () => {
    expect(() => parse(event('1').replace('SUMMARY:', 'SUMMARY '))).toThrow(
      expect.objectContaining({
        status: 403,
        condition: caldav('valid-calendar-data'),
        message: expect.stringContaining('Line 9:'),
      }),
    );
  });

  test('and what is wrong with an object that can be read', () => {
    expect(() => parse(event('1').replace('UID:1\r\n', ''))).toThrow(
      expect.objectContaining({
        status: 403,
        condition: caldav('valid-calendar-object-resource'),
        message: 'This is no calendar object: it has no UID.',
      }),
    );
  });
});
