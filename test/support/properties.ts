import fc from 'fast-check';

/**
 * Properties are tried with other values each time; CALDAV_SEED tries the same ones again, as CI does, which judges a commit and not the
 * day's luck. CALDAV_PROPERTY_RUNS: how many values, where a test does not say it.
 */
const {CALDAV_SEED: seed, CALDAV_PROPERTY_RUNS: runs} = process.env;
if (seed || runs) fc.configureGlobal({...(seed && {seed: Number(seed)}), ...(runs && {numRuns: Number(runs)})});
