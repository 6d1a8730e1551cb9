import type {Answer} from './client.ts';
import type {ServerInfo} from './server-info.ts';

/** What a verifier is asked about. */
export interface Checked {
  readonly answer: Answer;
  /** Where the request went, percent-encoded. */
  readonly uri: string;
  readonly args: Args;
  readonly info: ServerInfo;
  /** A data file of the script, with its variables filled in. Throws UserError where it is not there. */
  read(filepath: string): Buffer;
}

/** A verifier's arguments with their variables filled in. */
export interface Args {
  has(name: string): boolean;
  /** All values; empty where the argument was not given. */
  all(name: string): readonly string[];
  /** The first value; undefined where there is none. */
  one(name: string): string | undefined;
  readonly names: readonly string[];
}

/** A row of the table of verifiers. */
export interface Verifier {
  /** What a script calls it. */
  readonly name: string;
  /** What is wrong with the answer; undefined: nothing. */
  check(checked: Checked): string | undefined;
}

export function argsOf(given: ReadonlyMap<string, readonly string[]>, fill: (text: string) => string): Args {
  const all = (name: string) => (given.get(name) ?? []).map(fill);
  return {has: name => given.has(name), all, one: name => all(name)[0], names: [...given.keys()]};
}

/** What is wrong with a status, where one of `wanted` (`207`, `2xx`) is right. */
export function wrongStatus({status}: Answer, wanted: readonly string[]): string | undefined {
  const right = wanted.some(one => new RegExp(`^${one.trim().replaceAll('x', '\\d')}$`, 'i').test(String(status)));
  return right ? undefined : `the status is ${status}, not ${wanted.join(' or ')}`;
}
