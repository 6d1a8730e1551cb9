import {isRunning} from '../../base/is-running.ts';
import type {Ledger} from './ledger.ts';

/** A pen that is not used for so long is free, also where its holder seems to be there: it may be another that got its number. */
const heldMs = 30_000;
/** And who uses it says so again after so long. */
const sayAgainMs = 5_000;

let last = 0;

/** The pen was not used for too long, and another has taken it. */
export class PenLost extends Error {}

/**
 * The right to write the files of a home, which one process has at a time: what one does late, by an old view of the journal, could
 * undo what another has done since. It is good for one go, is shown in each transaction of it, and once lost does not come back.
 */
export class Pen {
  readonly #token: string;

  private constructor(token: string) {
    this.#token = token;
  }

  /** In a transaction with the write lock. `scribe`: the number of the process, and what tells its stores apart. Undefined: another has it. */
  static take(ledger: Ledger, scribe: string, now = Date.now()): Pen | undefined {
    const [{pen, held}] = ledger.all('SELECT pen, held FROM meta') as [{pen: string | null; held: number}];
    const isFree = pen === null || pen.startsWith(`${scribe}/`) || !isRunning(Number.parseInt(pen, 10));
    if (!isFree && now >= held && now - held < heldMs) return undefined;
    const taken = new Pen(`${scribe}/${++last}`);
    ledger.run('UPDATE meta SET pen = ?, held = ?', taken.#token, now);
    return taken;
  }

  /** Throws PenLost where another has taken it. In a transaction with the write lock, like all that is done with it. */
  show(ledger: Ledger, now = Date.now()): void {
    const [meta] = ledger.all('SELECT held FROM meta WHERE pen = ?', this.#token) as {held: number}[];
    if (!meta) throw new PenLost();
    // A transaction that changes nothing need not be made durable.
    if (Math.abs(now - meta.held) > sayAgainMs) ledger.run('UPDATE meta SET held = ?', now);
  }

  /** Leaves it to whoever comes next. */
  layDown(ledger: Ledger): void {
    ledger.run('UPDATE meta SET pen = NULL WHERE pen = ?', this.#token);
  }
}
