const rounds = 5;

/**
 * How many times as long as `reference` some work takes, each at its quickest of a few rounds, which take turns: what holds of it, holds
 * on slow and busy machines too.
 */
export function timesAsLong(work: () => unknown, reference: () => unknown): number {
  let [least, leastReference] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < rounds; round++) {
    leastReference = Math.min(leastReference, took(reference));
    least = Math.min(least, took(work));
  }
  return least / leastReference;
}

function took(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
