import {calendarDifference} from '../calendar-compare.ts';
import {readJcal} from '../jcal-text.ts';
import {canonicalVcard} from '../vcard-lines.ts';
import {type Verifier, wrongStatus} from '../verifier.ts';
import {compareOptions} from './calendar-data-match.ts';

/** RFC 7265: the body as jCal and the file `filepath`, jCal or iCalendar, are the same calendar. */
export const jcalDataMatch: Verifier = {
  name: 'jcalDataMatch',
  check(checked) {
    const {answer, args} = checked;
    const wrong = wrongStatus(answer, args.has('status') ? args.all('status') : ['200', '201', '207']);
    if (wrong) return wrong;
    const expected = readJcal(checked.read(args.one('filepath') ?? '').toString('utf8'));
    const answered = /^\s*\[/.test(answer.text) ? readJcal(answer.text) : undefined;
    if (!answered || !expected) return `the ${answered ? 'file' : 'body'} is no jCal`;
    return calendarDifference(answered, expected, compareOptions(checked));
  },
};

/** RFC 7095: the same of a vCard. */
export const jcardDataMatch: Verifier = {
  name: 'jcardDataMatch',
  check({answer, args, info, read}) {
    const wrong = wrongStatus(answer, args.has('status') ? args.all('status') : ['200', '201', '207']);
    if (wrong) return wrong;
    const filters = [...info.addressDataFilters, ...args.all('filter')];
    const sides = [answer.text, read(args.one('filepath') ?? '').toString('utf8')].map(text => canonicalVcard(text, filters));
    return sides[0] === sides[1] ? undefined : `the vCard is another one:\n${sides[0]}`;
  },
};
