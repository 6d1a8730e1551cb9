import {child, elements} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {findProperty, responsesOf, xmlOf} from '../multistatus.ts';
import {type Verifier, wrongStatus} from '../verifier.ts';

/** RFC 3744 §5.4: each response's DAV:current-user-privilege-set has all privileges `granted` and none `denied`. */
export const aclItems: Verifier = {
  name: 'aclItems',
  check({answer, args}) {
    const wrong = wrongStatus(answer, ['207']);
    if (wrong) return wrong;
    const root = xmlOf(answer);
    for (const response of root ? responsesOf(root) : []) {
      const set = findProperty(response, dav('current-user-privilege-set'));
      if (!set) return `${response.hrefs[0]}: there is no DAV:current-user-privilege-set`;
      const privileges = elements(set, dav('privilege')).flatMap(privilege =>
        elements(privilege).map(({name}) => name as string),
      );
      const missing = args.all('granted').find(name => !privileges.includes(name.trim()));
      if (missing) return `${response.hrefs[0]}: ${missing} is not granted`;
      const present = args.all('denied').find(name => privileges.includes(name.trim()));
      if (present) return `${response.hrefs[0]}: ${present} is granted`;
    }
    return root && child(root, dav('response')) ? undefined : 'the body has no responses';
  },
};
