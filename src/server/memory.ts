/**
 * What a worker's Node is started with, so that it takes memory for what it keeps and not for what it throws away. Left to itself the
 * young generation grows to 128 MiB under load and is never given back, and the old one to four times what is kept.
 */
export const workerFlags: readonly string[] = ['--max-semi-space-size=8', '--heap-growing-percent=100', '--expose-gc'];

/**
 * glibc keeps freed memory for each of many threads otherwise, and, once large pieces were asked for, does not give back what is free;
 * other C libraries do not look at it.
 */
export const workerEnvironment: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: String(1 << 20),
  MALLOC_MMAP_THRESHOLD_: String(512 << 10),
};

const lookEveryMs = 1_000;
/** Collecting all there is takes with it what V8 has learnt of the program: the next requests are slower by half. */
const idleMs = 30_000;
/** Who takes more than this rests for that as soon as nothing comes. */
const muchBytes = 200 * 2 ** 20;
/** After fewer there is not much to be given back. */
const leastRequests = 500;

/**
 * Gives back to the system what many requests have left, once nothing has come for a while: Node collects garbage only to make room, and
 * a server that rests would lie on all that its busiest minute took. Only where Node was started with `workerFlags`.
 */
export function restWhenIdle(
  requests: () => number,
  collect: NodeJS.GCFunction | undefined = globalThis.gc,
  takenBytes: () => number = process.memoryUsage.rss,
): Disposable {
  let [seen, rested, idleFor] = [0, 0, 0];
  const look = () => {
    const now = requests();
    idleFor = now === seen ? idleFor + lookEveryMs : 0;
    seen = now;
    if (idleFor === 0 || now - rested < leastRequests || (idleFor < idleMs && takenBytes() < muchBytes)) return;
    rested = now;
    collect?.({type: 'major', flavor: 'last-resort', execution: 'sync'});
  };
  const timer = setInterval(look, lookEveryMs).unref();
  return {[Symbol.dispose]: () => clearInterval(timer)};
}
