import {pointed} from '../json-pointer.ts';
import {type Verifier, wrongStatus} from '../verifier.ts';

/** Something is at each JSON pointer of `exists`, nothing at those of `notexists`; see `pointed`. */
export const jsonPointerMatch: Verifier = {
  name: 'jsonPointerMatch',
  check({answer, args}) {
    const wrong = wrongStatus(answer, args.has('status') ? args.all('status') : ['2xx']);
    if (wrong) return wrong;
    const missing = args.all('exists').find(pointer => pointed(answer.text, pointer.trim()).length === 0);
    if (missing !== undefined) return `nothing is at ${missing}`;
    const present = args.all('notexists').find(pointer => pointed(answer.text, pointer.trim()).length > 0);
    return present === undefined ? undefined : `something is at ${present}`;
  },
};
