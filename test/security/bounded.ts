import type {Parameters} from 'fast-check';

const {CALDAV_FUZZ_SECONDS: seconds, CALDAV_FUZZ_SEED: given} = process.env;

/** By which the failures of a run can be had again: `CALDAV_FUZZ_SEED`. */
export const seed = given === undefined ? Date.now() & 0x7fffffff : Number(given);

/**
 * How long the fuzzers go on: for so many runs, and no longer than a quarter of a minute each; with `CALDAV_FUZZ_SECONDS` for that long.
 * The seed is printed with every failure.
 */
export function bounded<T>(numRuns: number): Parameters<T> {
  const limit = seconds === undefined ? 15 : Number(seconds);
  return {
    seed,
    numRuns: seconds === undefined ? numRuns : 1e9,
    interruptAfterTimeLimit: limit * 1000,
    markInterruptAsFailure: false,
    endOnFailure: true,
  };
}

/** What a test that fuzzes may take, milliseconds. */
export const timeout = (Number(seconds ?? 15) + 60) * 1000;
