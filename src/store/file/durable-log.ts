import {closeSync, constants, fdatasync, openSync} from 'node:fs';
import {promisify} from 'node:util';

const sync = promisify(fdatasync);

/**
 * Makes what was committed to a home's write-ahead log durable, not on this thread: the lock of the index is free meanwhile, other homes
 * are served, and all who wait share what one synchronisation does.
 */
export class DurableLog {
  readonly #file: string;
  #descriptor: number | undefined;
  #users = 0;
  #closed = false;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(index: string) {
    this.#file = `${index}-wal`;
  }

  /** To be called while the log is sure to be that of the index that is open: in a transaction. */
  open(): void {
    // A failure to write is told to who has the file open when it happens.
    this.#descriptor ??= openSync(this.#file, constants.O_RDONLY);
  }

  /** Resolves when all that was written to the log before the call is durable. */
  async sync(): Promise<void> {
    this.#users++;
    try {
      // What runs already may have begun before this was written: the one after it is for all who have come meanwhile.
      if (this.#running) this.#next ??= this.#running.catch(() => {}).then(() => this.#start());
      await (this.#next ?? this.#start());
    } finally {
      this.#users--;
      if (this.#closed) this.close();
    }
  }

  /** The index must be closed before: then what it held is in its main file. */
  close(): void {
    this.#closed = true;
    if (this.#users > 0 || this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #start(): Promise<void> {
    this.#next = undefined;
    this.#running = sync(this.#descriptor!).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }
}
