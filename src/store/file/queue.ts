import type {Outcome, Work} from './operations.ts';

/**
 * Units of work on one home on their way to the writer. While one batch is being kept the next gathers, so that units that come
 * at the same time share one commit and one that comes alone waits for nobody.
 */
export class Queue {
  readonly #send: (works: readonly Work[]) => Promise<readonly Outcome[]>;
  readonly #onEmpty: () => void;
  #gathered: {work: Work; resolve(outcome: Outcome): void; reject(error: unknown): void}[] = [];
  #sending = false;

  constructor(send: (works: readonly Work[]) => Promise<readonly Outcome[]>, onEmpty: () => void) {
    this.#send = send;
    this.#onEmpty = onEmpty;
  }

  keep(work: Work): Promise<Outcome> {
    return new Promise<Outcome>((resolve, reject) => {
      this.#gathered.push({work, resolve, reject});
      if (!this.#sending) void this.#sendAll();
    });
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    while (this.#gathered.length > 0) {
      const batch = this.#gathered;
      this.#gathered = [];
      try {
        const outcomes = await this.#send(batch.map(({work}) => work));
        for (const [at, {resolve}] of batch.entries()) resolve(outcomes[at]!);
      } catch (error) {
        for (const {reject} of batch) reject(error);
      }
    }
    this.#sending = false;
    this.#onEmpty();
  }
}
