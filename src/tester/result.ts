import type {Exchange} from './session.ts';

/** What became of a test. */
export interface TestResult {
  readonly suite: string;
  readonly name: string;
  readonly description: string;
  readonly outcome: 'passed' | 'failed' | 'ignored';
  /** Why it failed or was ignored; empty where it passed. */
  readonly reason: string;
  /** The request that failed it, and its answer. */
  readonly exchange?: Exchange | undefined;
  readonly seconds: number;
}

/** What became of a script. */
export interface ScriptResult {
  /** As it is asked for: `errors`, `CardDAV/errors`. */
  readonly name: string;
  readonly description: string;
  /** `ignored`: a feature that it needs is not claimed. `not measured`: a request of its start failed, so nothing is known. */
  readonly state: 'measured' | 'ignored' | 'not measured';
  /** Why it was not measured. */
  readonly reason: string;
  readonly tests: readonly TestResult[];
  readonly seconds: number;
}

/** How many tests there are of each outcome; those of a script that was not measured are in none. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly ignored: number;
}

export function countsOf(tests: readonly TestResult[]): Counts {
  const count = (outcome: TestResult['outcome']) => tests.filter(test => test.outcome === outcome).length;
  return {passed: count('passed'), failed: count('failed'), ignored: count('ignored')};
}

/** Whether all is well: nothing failed, and everything could be measured. */
export function isGood(results: readonly ScriptResult[]): boolean {
  return results.every(({state, tests}) => state !== 'not measured' && tests.every(({outcome}) => outcome !== 'failed'));
}
