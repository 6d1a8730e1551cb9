/**
 * Does a piece of work for each item, a few at once, and answers in the order of the items: what is at hand at once as it is, what has to be
 * waited for as its promise.
 */
export function* inOrder<Item, Result>(
  items: Iterable<Item>,
  atOnce: number,
  work: (item: Item) => Result | Promise<Result>,
): Generator<Result | Promise<Result>> {
  const running: (Result | Promise<Result>)[] = [];
  for (const item of items) {
    const result = work(item);
    if (running.length === 0 && !(result instanceof Promise)) {
      yield result;
      continue;
    }
    // One that fails while an earlier one is awaited is not unhandled: it is thrown in its turn.
    if (result instanceof Promise) result.catch(() => {});
    running.push(result);
    if (running.length >= atOnce) yield running.shift()!;
  }
  yield* running;
}
