import {parseXml} from '../../xml/parse.ts';
import {xmlOf} from '../multistatus.ts';
import {type Verifier, wrongStatus} from '../verifier.ts';
import {canonical} from '../xml-compare.ts';

/** The body and the file `filepath` are the same XML once the elements of `filter` are emptied. */
export const xmlDataMatch: Verifier = {
  name: 'xmlDataMatch',
  check({answer, args, read}) {
    const wrong = wrongStatus(answer, args.has('status') ? args.all('status') : ['200', '207']);
    if (wrong) return wrong;
    const root = xmlOf(answer);
    if (!root) return 'the body is not XML';
    const filters = args.all('filter').map(filter => filter.trim());
    const got = canonical(root, filters);
    const wanted = canonical(parseXml(read(args.one('filepath') ?? '')), filters);
    return got === wanted ? undefined : `the XML is another one:\n    got    ${got}\n    wanted ${wanted}`;
  },
};
