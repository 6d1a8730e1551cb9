import {expect, test} from 'vitest';
import {serve} from '../support/serve.ts';

test('caldav-privatecomments §4.2.1: calendarserver-private-comments is in DAV where answers are delivered', async () => {
  for (const on of [true, false]) {
    const {ann} = await serve({ann: []}, {plist: {EnableImplicitScheduling: on}});
    const dav = (await ann.request('OPTIONS', '/calendars/users/ann/calendar/')).headers.get('dav') ?? '';
    expect(dav.includes('calendarserver-private-comments')).toBe(on);
  }
});
