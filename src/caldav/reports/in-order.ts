import {breathe} from '../../base/breathe.ts';

/** Does a piece of work for each item, a few at once, and answers in the order of the items. */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  atOnce: number,
  work: (item: Item) => Result | Promise<Result>,
): AsyncGenerator<Result> {
  const running: (Result | Promise<Result>)[] = [];
  for (const item of items) {
    const result = work(item);
    // One that fails while an earlier one is awaited is not unhandled: it is thrown in its turn.
    if (result instanceof Promise) result.catch(() => {});
    running.push(result);
    const pause = breathe();
    if (pause) await pause;
    if (running.length >= atOnce) yield await running.shift()!;
  }
  for (const result of running) yield await result;
}
