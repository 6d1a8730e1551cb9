import type {Outcome, Work} from './operations.ts';

/** Those who are expected are waited for no longer. */
const patienceMs = 2;

/**
 * Units of work on one home on their way to the writer. While one batch is being kept the next gathers, so that units that come
 * at the same time share one commit. A batch costs about as much as eight units do: where several come again and again, those that were
 * answered last are waited for, or else two groups that take turns would each pay for one. One that comes alone waits for nobody.
 */
export class Queue {
  readonly #send: (works: readonly Work[]) => Promise<readonly Outcome[]>;
  readonly #onEmpty: () => void;
  #gathered: {work: Work; resolve(outcome: Outcome): void; reject(error: unknown): void}[] = [];
  #sending = false;
  /** How many were under way when the last batch had been kept. */
  #expected = 0;
  #onExpected = () => {};

  constructor(send: (works: readonly Work[]) => Promise<readonly Outcome[]>, onEmpty: () => void) {
    this.#send = send;
    this.#onEmpty = onEmpty;
  }

  keep(work: Work): Promise<Outcome> {
    return new Promise<Outcome>((resolve, reject) => {
      this.#gathered.push({work, resolve, reject});
      if (this.#gathered.length >= this.#expected) this.#onExpected();
      if (this.#sending) return;
      this.#sending = true;
      // Once all who do the same in this turn of the event loop have come.
      process.nextTick(() => void this.#sendAll());
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#gathered.length > 0) {
      if (this.#gathered.length < this.#expected) await this.#awaitExpected();
      const batch = this.#gathered;
      this.#gathered = [];
      try {
        const outcomes = await this.#send(batch.map(({work}) => work));
        for (const [at, {resolve}] of batch.entries()) resolve(outcomes[at]!);
      } catch (error) {
        for (const {reject} of batch) reject(error);
      }
      this.#expected = batch.length + this.#gathered.length;
    }
    this.#sending = false;
    this.#onEmpty();
  }

  async #awaitExpected(): Promise<void> {
    const {promise, resolve} = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, patienceMs);
    this.#onExpected = () => process.nextTick(resolve);
    await promise;
    clearTimeout(timer);
    this.#onExpected = () => {};
  }
}
