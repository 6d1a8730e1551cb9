import {describe, expect, test} from 'vitest';
import {element, text} from '../../../src/xml/element.ts';
import {caldav, calendarserver} from '../../../src/xml/names.ts';
import {calendar, event} from '../../support/events.ts';
import {serve} from '../../support/serve.ts';

const inbox = '/calendars/users/ann/inbox/';
const names = [caldav('calendar-availability'), calendarserver('calendar-availability')] as const;
const available = calendar('BEGIN:VAVAILABILITY', 'UID:a', 'DTSTAMP:20261101T000000Z', 'END:VAVAILABILITY').replaceAll('\r', '');

describe('RFC 7953 §7.2.4 calendar-availability', () => {
  test.each(names)('set as %s it is there by both names, and goes by either', async name => {
    const {ann} = await serve({ann: []});
    expect((await ann.propfind(inbox, 0, ...names)).responses.get(inbox)!.properties.size).toBe(0);
    const {responses} = await ann.proppatch(inbox, element(name, available));
    expect([...responses.get(inbox)!.refused]).toEqual([]);
    const {properties} = (await ann.propfind(inbox, 0, ...names)).responses.get(inbox)!;
    expect(names.map(each => text(properties.get(each)!))).toEqual([available, available]);
  });

  test.each(names)('%s: what is no VCALENDAR of VAVAILABILITY alone is refused', async name => {
    const {ann} = await serve({ann: []});
    for (const value of ['This is not a calendar!', event('1'), calendar()]) {
      const {responses} = await ann.proppatch(inbox, element(name, value));
      expect([...responses.get(inbox)!.refused]).toEqual([[name, 403]]);
    }
  });
});
