import type {Verifier} from '../verifier.ts';

/** The body `contains`, `notcontains` or `equals` texts, or is `empty`; `unwrap` takes iCalendar's folds out first. */
export const dataString: Verifier = {
  name: 'dataString',
  check({answer, args}) {
    const body = args.has('unwrap') ? answer.text.replace(/\r?\n[ \t]/g, '') : answer.text;
    const has = (text: string) => body.includes(text) || body.includes(text.replaceAll(/\r?\n/g, '\r\n'));
    const missing = args.all('contains').find(text => !has(text));
    if (missing !== undefined) return `the body does not contain ${missing}`;
    const present = args.all('notcontains').find(has);
    if (present !== undefined) return `the body contains ${present}`;
    const other = args.all('equals').find(text => body !== text);
    if (other !== undefined) return `the body is not ${other}`;
    return args.has('empty') && body !== '' ? 'the body is not empty' : undefined;
  },
};
