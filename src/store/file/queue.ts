import type {Path} from '../store.ts';
import {parentOf} from './layout.ts';
import type {Outcome, Work} from './operations.ts';
import type {Underway} from './unit.ts';

/**
 * Units of work on one home on their way to the writer. While one batch is being kept the next gathers, so that units that come
 * at the same time share one commit and one that comes alone waits for nobody.
 */
export class Queue implements Underway {
  readonly #send: (works: readonly Work[]) => Promise<readonly Outcome[]>;
  readonly #onEmpty: () => void;
  #gathered: {work: Work; resolve(outcome: Outcome): void; reject(error: unknown): void}[] = [];
  #sending = false;
  #bytes = 0;
  readonly #members = new Map<Path, number>();

  constructor(send: (works: readonly Work[]) => Promise<readonly Outcome[]>, onEmpty: () => void) {
    this.#send = send;
    this.#onEmpty = onEmpty;
  }

  members(collection: Path): number {
    return this.#members.get(collection) ?? 0;
  }

  bytes(): number {
    return this.#bytes;
  }

  async keep(work: Work): Promise<Outcome> {
    this.#count(work, 1);
    try {
      return await new Promise<Outcome>((resolve, reject) => {
        this.#gathered.push({work, resolve, reject});
        if (!this.#sending) void this.#sendAll();
      });
    } finally {
      this.#count(work, -1);
    }
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

  /** What a unit may add, at most: limits err on the safe side while it is under way. */
  #count(work: Work, sign: 1 | -1): void {
    for (const operation of work.operations) {
      if (operation.change === 'put') this.#bytes += sign * operation.bytes.length;
      if (!('to' in operation) && operation.change !== 'put' && operation.change !== 'collection') continue;
      const collection = parentOf('to' in operation ? operation.to : operation.path);
      const members = this.members(collection) + sign * (this.#isNew(work, operation) ? 1 : 0);
      if (members === 0) this.#members.delete(collection);
      else this.#members.set(collection, members);
    }
  }

  #isNew(work: Work, operation: Work['operations'][number]): boolean {
    if (operation.change !== 'put') return true;
    return !work.reads.some(read => read.sort === 'kind' && read.path === operation.path && read.seen === 'object');
  }
}
