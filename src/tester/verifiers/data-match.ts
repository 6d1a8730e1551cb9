import type {Verifier} from '../verifier.ts';

/** The body is the file `filepath`; how lines end does not count. */
export const dataMatch: Verifier = {
  name: 'dataMatch',
  check({answer, args, read}) {
    const expected = read(args.one('filepath') ?? '');
    if (answer.body.equals(expected) || lines(answer.body) === lines(expected)) return undefined;
    return `the body is another one:\n${answer.text.slice(0, 2000)}`;
  },
};

const lines = (bytes: Buffer) => bytes.toString('utf8').replaceAll('\r\n', '\n');
