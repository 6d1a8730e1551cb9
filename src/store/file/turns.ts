import type {HomeId} from '../store.ts';
import type {Reader} from './reader.ts';

/**
 * One look at a home for all who ask for it in the same turn of the event loop: it comes after the last of their requests did. What each
 * of them then finds out without waiting for anything is read in one transaction, and once.
 */
export class Turns {
  readonly #open: (home: HomeId) => Promise<Reader | undefined>;
  readonly #asked = new Map<HomeId, Promise<Reader | undefined>>();
  /** Whose moment lasts, until all who asked have done what they can do without waiting. */
  readonly #held = new Map<HomeId, Reader>();

  /** `open`: the home as it is now. */
  constructor(open: (home: HomeId) => Promise<Reader | undefined>) {
    this.#open = open;
  }

  async reader(home: HomeId): Promise<Reader | undefined> {
    const held = this.#held.get(home);
    if (held) return held;
    let asked = this.#asked.get(home);
    if (!asked) {
      asked = this.#look(home);
      this.#asked.set(home, asked);
    }
    return asked;
  }

  async #look(home: HomeId): Promise<Reader | undefined> {
    const {promise: turnEnds, resolve} = Promise.withResolvers<void>();
    let letGo: (() => void) | undefined = () => {};
    setImmediate(() => {
      this.#asked.delete(home);
      resolve();
    });
    // Between the two only what waits for the first is done.
    setImmediate(() => {
      letGo?.();
      letGo = undefined;
    });
    await turnEnds;
    const reader = await this.#open(home);
    if (!reader || !letGo) return reader;
    const {look} = reader;
    look.hold();
    this.#held.set(home, reader);
    letGo = () => {
      this.#held.delete(home);
      look.letGo();
    };
    return reader;
  }
}
