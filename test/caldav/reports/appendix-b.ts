import {indexObject} from '../../../src/ical/object-index.ts';
import {parseCalendar} from '../../../src/ical/parse.ts';
import {guidOf, serve} from '../../support/serve.ts';
import {appendixB} from '../rfc4791.ts';

/** The calendar of Appendix B. */
export const work = '/calendars/users/bernard/work/';

/**
 * A server with RFC 4791's calendar `work` of bernard. Its VFREEBUSY is put into the store, as from an older server: calendars take
 * none from clients.
 */
export async function serveAppendixB() {
  const served = await serve({bernard: []});
  const {bernard, store} = served;
  await bernard.request('MKCALENDAR', work);
  for (const [name, body] of Object.entries(appendixB)) if (name !== 'abcd8.ics') await bernard.put(work + name, body);
  const freebusy = appendixB['abcd8.ics']!;
  await store.write(`calendars/${guidOf(1)}`, unit => {
    unit.put('work/abcd8.ics', new TextEncoder().encode(freebusy), indexObject(parseCalendar(freebusy)));
  });
  return served;
}
