import {execFileSync, spawnSync} from 'node:child_process';
import {closeSync, openSync, readSync, writeFileSync, writeSync} from 'node:fs';
import {constants} from 'node:os';
import {join} from 'node:path';

/** Whether processes can be made to meet failing disks here. */
export const canFake = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0;

/** Calls of the system that can be made to fail. */
const calls = {read: 1, write: 2, sync: 4, open: 8, change: 16, attributes: 32, create: 64} as const;

export interface Fault {
  readonly calls: readonly (keyof typeof calls)[];
  readonly error: 'EIO' | 'ENOSPC' | 'EROFS' | 'EMFILE';
  /** Part of the paths it happens to; all without it. */
  readonly path?: string;
  /** How many calls go well before, and how many then fail. */
  readonly first?: number;
  readonly most?: number;
}

/** The disk and the clock of a server's processes (faulty.c), as they are from now on. */
export class Faulty {
  /** For the environment of the processes. */
  readonly env: Readonly<Record<string, string>>;
  readonly #control: string;

  constructor(folder: string) {
    const library = join(folder, 'faulty.so');
    execFileSync('cc', [
      '-shared',
      '-fPIC',
      '-O1',
      '-w',
      '-o',
      library,
      join(import.meta.dirname, 'faulty.c'),
      '-ldl',
      '-lpthread',
    ]);
    this.#control = join(folder, 'faults');
    writeFileSync(this.#control, new Uint8Array(4096));
    this.env = {LD_PRELOAD: library, CALDAV_FAULTS: this.#control};
  }

  fail({calls: which, error, path = '', first = 0, most = 1 << 30}: Fault): void {
    const bytes = Buffer.alloc(288);
    const mask = which.reduce((all, name) => all | calls[name], 0);
    for (const [at, value] of [0, constants.errno[error], first, most, 0, 0].entries()) bytes.writeInt32LE(value, at * 4);
    bytes.write(path, 32);
    // The clock stays; what fails is armed last.
    this.#write(bytes.subarray(32), 32);
    this.#write(bytes.subarray(0, 24), 0);
    bytes.writeInt32LE(mask, 0);
    this.#write(bytes.subarray(0, 4), 0);
  }

  heal(): void {
    this.#write(Buffer.alloc(4), 0);
  }

  /** How many calls failed since `fail`. */
  get failed(): number {
    const bytes = Buffer.alloc(24);
    const file = openSync(this.#control, 'r');
    readSync(file, bytes, 0, 24, 0);
    closeSync(file);
    return bytes.readInt32LE(20);
  }

  setClock(secondsAhead: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(secondsAhead));
    this.#write(bytes, 24);
  }

  #write(bytes: Uint8Array, at: number): void {
    const file = openSync(this.#control, 'r+');
    writeSync(file, bytes, 0, bytes.length, at);
    closeSync(file);
  }
}
