import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {matches} from '../../../src/caldav/filter/match.ts';
import {parseFilter} from '../../../src/caldav/filter/parse.ts';
import {ianaZone} from '../../../src/ical/iana-zone.ts';
import {parseCalendar} from '../../../src/ical/parse.ts';
import {parseXml} from '../../../src/xml/parse.ts';
import {serve} from '../../support/serve.ts';
import {filter, object, print, zones} from './arbitrary.ts';
import {judge} from './oracle.ts';

const more = Number(process.env.FILTER_RUNS ?? 1);

describe('RFC 4791 §9.7 and §9.9: random filters and the plainest reading of the RFC agree', () => {
  test('on one object', () => {
    fc.assert(
      fc.property(object, filter, fc.constantFrom(...zones), (text, asked, zone) => {
        const calendar = parseCalendar(text.replaceAll('$', '1'));
        expect(matches(calendar, parseFilter(parseXml(print(asked))), ianaZone(zone)!)).toBe(judge(text, asked, zone));
      }),
      {numRuns: 2000 * more},
    );
  }, 60_000);

  test('on the objects of a calendar, asked of the server', async () => {
    const {ann} = await serve({ann: []});
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, {minLength: 1, maxLength: 12}),
        fc.array(filter, {minLength: 1, maxLength: 12}),
        fc.constantFrom(...zones),
        async (texts, filters, zone) => {
          const home = `/calendars/users/ann/${count++}/`;
          await ann.request('MKCALENDAR', home);
          for (const [at, text] of texts.entries()) {
            expect((await ann.put(`${home}${at}.ics`, text.replaceAll('$', String(at)))).status, text).toBe(201);
          }
          for (const asked of filters) {
            const {status, responses, text} = await ann.report(
              home,
              `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/></D:prop>${print(asked)}
<C:timezone-id>${zone}</C:timezone-id></C:calendar-query>`,
            );
            expect(status, text).toBe(207);
            const expected = texts.flatMap((each, at) => (judge(each, asked, zone) ? [`${home}${at}.ics`] : []));
            expect([...responses.keys()].sort(), print(asked)).toEqual(expected.sort());
          }
          await ann.delete(home);
        },
      ),
      {numRuns: 8 * more},
    );
  }, 60_000);
});
