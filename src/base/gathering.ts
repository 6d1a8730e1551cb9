/**
 * Work on many things: what comes for one of them while some of it is being done is done together afterwards, in the order in which it came.
 * What comes alone waits for nobody.
 */
export class Gathering<Key, Item, Result> {
  readonly #work: (key: Key, items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #most: number;
  readonly #waiting = new Map<Key, Waiting<Item, Result>[]>();

  /** `work` answers one result for each of its items, of which there are `most` at a time at most. */
  constructor(work: (key: Key, items: readonly Item[]) => Promise<readonly Result[]>, most: number) {
    this.#work = work;
    this.#most = most;
  }

  /** Rejects where the work on this item does: where what was done together fails, each is done once more by itself. */
  add(key: Key, item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(key);
      if (waiting) waiting.push({item, resolve, reject});
      else {
        const begun = [{item, resolve, reject}];
        this.#waiting.set(key, begun);
        void this.#all(key, begun);
      }
    });
  }

  async #all(key: Key, waiting: Waiting<Item, Result>[]): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, this.#most);
      try {
        const results = await this.#work(
          key,
          batch.map(({item}) => item),
        );
        for (const [at, {resolve}] of batch.entries()) resolve(results[at]!);
      } catch (error) {
        if (batch.length === 1) batch[0]!.reject(error);
        else for (const one of batch) await this.#alone(key, one);
      }
    }
    this.#waiting.delete(key);
  }

  async #alone(key: Key, {item, resolve, reject}: Waiting<Item, Result>): Promise<void> {
    try {
      const [result] = await this.#work(key, [item]);
      resolve(result!);
    } catch (error) {
      reject(error);
    }
  }
}

interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}
