/**
 * What a worker's Node is started with, so that it takes memory for what it keeps and not for what it throws away. Left to itself the
 * young generation grows to 128 MiB under load and is never given back, and the old one to four times what is kept.
 */
export const workerFlags: readonly string[] = ['--max-semi-space-size=8', '--heap-growing-percent=100'];

/** glibc keeps freed memory for each of many threads otherwise; other C libraries do not look at it. */
export const workerEnvironment: Readonly<Record<string, string>> = {MALLOC_ARENA_MAX: '2'};

/** All workers together keep so much of the bytes of objects; one keeps enough for a large calendar. */
const objectBytes = 32 << 20;
const leastObjectBytes = 8 << 20;

/** Memory for the bytes of objects in each of `workers`. */
export function cacheBytesFor(workers: number): number {
  return Math.max(leastObjectBytes, Math.floor(objectBytes / workers));
}
