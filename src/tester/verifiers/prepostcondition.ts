import {elements} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {xmlOf} from '../multistatus.ts';
import {type Verifier, wrongStatus} from '../verifier.ts';

/** RFC 3253 §1.6: a DAV:error with just the conditions `error`, or with more where `ignoreextras`. */
export const prepostcondition: Verifier = {
  name: 'prepostcondition',
  check({answer, args}) {
    const wrong = wrongStatus(answer, args.has('status') ? args.all('status') : ['403', '409', '507']);
    if (wrong) return wrong;
    const root = xmlOf(answer);
    if (root?.name !== dav('error')) return `the body is ${root ? root.name : 'not XML'}, not DAV:error`;
    const got = elements(root).map(({name}) => name as string);
    const wanted = args.all('error').map(name => name.trim());
    const missing = wanted.filter(name => !got.includes(name));
    const extra = args.has('ignoreextras') ? [] : got.filter(name => !wanted.includes(name));
    return missing.length > 0 || extra.length > 0 ? `the condition is ${got.join(', ')}, not ${wanted.join(', ')}` : undefined;
  },
};
