import {wrongBusy} from '../busy.ts';
import {type Verifier, wrongStatus} from '../verifier.ts';

/** The body is one VFREEBUSY with just the periods of `busy`, `tentative` and `unavailable`. */
export const freeBusy: Verifier = {
  name: 'freeBusy',
  check: ({answer, args}) => wrongStatus(answer, ['200']) ?? wrongBusy(answer.text, args),
};
