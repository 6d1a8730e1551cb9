import {type Verifier, wrongStatus} from '../verifier.ts';

/** `status`: any of these; none given: 2xx. */
export const statusCode: Verifier = {
  name: 'statusCode',
  check({answer, args}) {
    const wanted = args.all('status');
    return wrongStatus(answer, wanted.length > 0 ? wanted : ['2xx']);
  },
};
