import {canonicalVcard} from '../vcard-lines.ts';
import {type Verifier, wrongStatus} from '../verifier.ts';

/** The body and the file `filepath` are the same vCard, save for the properties of `filter`. */
export const addressDataMatch: Verifier = {
  name: 'addressDataMatch',
  check({answer, args, info, read}) {
    const wrong = wrongStatus(answer, args.has('status') ? args.all('status') : ['200', '201', '207']);
    if (wrong) return wrong;
    const filters = ['PRODID', 'REV', ...info.addressDataFilters, ...args.all('filter')];
    const got = canonicalVcard(answer.text, filters);
    const wanted = canonicalVcard(read(args.one('filepath') ?? '').toString('utf8'), filters);
    return got === wanted ? undefined : `the vCard is another one:\n${got}`;
  },
};
