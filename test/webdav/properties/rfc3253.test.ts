import {describe, expect, test} from 'vitest';
import {child, elements, isElement} from '../../../src/xml/element.ts';
import {caldav, dav} from '../../../src/xml/names.ts';
import {serve} from '../../support/serve.ts';

describe('RFC 3253 §3.1.4 DAV:supported-live-property-set', () => {
  test('lists what a calendar’s tables have, itself included, and nothing that is a principal’s', async () => {
    const {ann} = await serve({ann: []});
    const path = '/calendars/users/ann/calendar/';
    const {responses} = await ann.propfind(path, 0, dav('supported-live-property-set'));
    const set = responses.get(path)!.properties.get(dav('supported-live-property-set'))!;
    const names = elements(set, dav('supported-live-property')).map(
      each => child(each, dav('prop'))!.children.find(isElement)!.name,
    );
    expect(names).toEqual(
      expect.arrayContaining([dav('getetag'), caldav('calendar-timezone'), dav('supported-live-property-set')]),
    );
    expect(names).not.toContain(caldav('calendar-home-set'));
    expect(new Set(names).size).toBe(names.length);
  });
});
