import {IcalError} from '../../ical/ical-error.ts';
import {parseCalendar} from '../../ical/parse.ts';
import {type CompareOptions, calendarDifference} from '../calendar-compare.ts';
import {type Checked, type Verifier, wrongStatus} from '../verifier.ts';

/** The body and the file `filepath` are the same calendar; `filter` and `doTimezones`: see `compareOptions`. */
export const calendarDataMatch: Verifier = {
  name: 'calendarDataMatch',
  check(checked) {
    const {answer, args} = checked;
    const wrong = wrongStatus(answer, args.has('status') ? args.all('status') : ['200', '201', '207']);
    if (wrong) return wrong;
    const expected = parseCalendar(checked.read(args.one('filepath') ?? ''));
    try {
      return calendarDifference(parseCalendar(answer.body), expected, compareOptions(checked));
    } catch (error) {
      if (error instanceof IcalError) return `the body is no calendar: line ${error.line}: ${error.message}`;
      throw error;
    }
  },
};

/** What is left out unless a filter with `!` says otherwise. */
const standard = [
  'PRODID',
  'DTSTAMP',
  'CREATED',
  'LAST-MODIFIED',
  'CALSCALE',
  'X-WR-CALNAME',
  'SEQUENCE=0',
  'TRANSP=OPAQUE',
  'PRIORITY=0',
  'CLASS=PUBLIC',
];

/** What a comparison leaves out: the standard list, the serverinfo's, and the verifier's `filter`. */
export function compareOptions({args, info}: Checked): CompareOptions {
  const given = args.all('filter').map(filter => filter.trim());
  const email = info.features.has('EMAIL parameter') ? [] : ['ATTENDEE:EMAIL', 'ORGANIZER:EMAIL'];
  const unfiltered = given.filter(filter => filter.startsWith('!')).map(filter => filter.slice(1));
  const filters = [...standard, ...email, ...info.calendarDataFilters, ...given];
  const timezones = args.has('doTimezones')
    ? args.one('doTimezones')?.trim() !== 'false'
    : !info.features.has('timezones-by-reference');
  return {filters: filters.filter(filter => !unfiltered.includes(filter)), timezones};
}
