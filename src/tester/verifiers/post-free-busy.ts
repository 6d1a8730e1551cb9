import {child, elements, text} from '../../xml/element.ts';
import {caldav, dav} from '../../xml/names.ts';
import {wrongBusy} from '../busy.ts';
import {xmlOf} from '../multistatus.ts';
import {type Verifier, wrongStatus} from '../verifier.ts';

/** RFC 6638 §5: the schedule-response has one VFREEBUSY for `attendee` with just these periods; `events` counts VEVENTs beside it. */
export const postFreeBusy: Verifier = {
  name: 'postFreeBusy',
  check({answer, args}) {
    const wrong = wrongStatus(answer, ['200']);
    if (wrong) return wrong;
    const root = xmlOf(answer);
    if (root?.name !== caldav('schedule-response')) return 'the body is no CALDAV:schedule-response';
    const attendee = args.one('attendee')?.trim();
    const response = elements(root, caldav('response')).find(one => {
      const recipient = child(one, caldav('recipient'));
      const href = recipient && child(recipient, dav('href'));
      return attendee === undefined || (href && text(href).trim() === attendee);
    });
    const data = response && child(response, caldav('calendar-data'));
    if (!data) return `there is no calendar-data for ${attendee}`;
    const events = text(data).match(/^BEGIN:VEVENT\s*$/gm)?.length ?? 0;
    if (args.has('events') && events !== Number(args.one('events'))) return `there are ${events} VEVENTs`;
    return wrongBusy(text(data), args);
  },
};
