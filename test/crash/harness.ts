import {existsSync, readdirSync, readFileSync, truncateSync, unlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {setTimeout as delay} from 'node:timers/promises';
import {inspectHomes} from '../../src/doctor/homes.ts';
import {homesIn} from '../../src/store/file/homes-in.ts';
import {indexName, workshopName} from '../../src/store/file/layout.ts';
import {type Account, accounts, Crew} from './crew.ts';
import {compareFiles, type Observed, observe} from './observe.ts';
import {Random} from './random.ts';
import {SyncClient} from './sync-client.ts';
import {type Tally, WriterClient} from './writer-client.ts';

/** What a run did. */
export interface Totals extends Tally {
  /** Times that kill -9 came to a process, at a random moment or by a failpoint. */
  kills: number;
  /** Of them, of one worker while another went on; in the recovery from the kill before; at a failpoint. */
  readonly kinds: {one: number; all: number; recovery: number; failpoint: number};
  syncRounds: number;
  cleanStops: number;
  indexesSpoiled: number;
}

const names = Object.keys(accounts) as Account[];

/** Clients at work on a server that is killed, and what they have to find again. Throws at the first thing that is not right. */
export class Harness {
  readonly crew: Crew;
  readonly #random: Random;
  readonly #writers: WriterClient[];
  readonly #syncs: SyncClient[];
  readonly #counted = {kills: 0, cleanStops: 0, indexesSpoiled: 0};
  readonly #kinds = {one: 0, all: 0, recovery: 0, failpoint: 0};

  private constructor(crew: Crew, seed: number, writers: number) {
    this.crew = crew;
    this.#random = new Random(seed);
    this.#writers = Array.from({length: writers}, (_, at) => new WriterClient(names[at % 3 === 2 ? 1 : 0]!, at, this.#random));
    this.#syncs = names.map(name => new SyncClient(name));
  }

  static async make(folder: string, seed: number, {workers = 2, writers = 6, env = {}} = {}): Promise<Harness> {
    return new Harness(await Crew.make(folder, workers, env), seed, writers);
  }

  totals(): Totals {
    const sum = (name: keyof Tally) => this.#writers.reduce((all, {tally}) => all + tally[name], 0);
    return {
      ...this.#counted,
      kinds: {...this.#kinds},
      sent: sum('sent'),
      answered: sum('answered'),
      refused: sum('refused'),
      cutAndDone: sum('cutAndDone'),
      cutAndNot: sum('cutAndNot'),
      syncRounds: this.#syncs.reduce((all, {rounds}) => all + rounds, 0),
    };
  }

  /** Work for so long at most, or until one of the processes dies; cut off at the end by `end`, of which nobody is told before. */
  async load(mostMs: number, end: () => Promise<void> = async () => {}): Promise<void> {
    let over = false;
    const stopped = () => over;
    const bases = this.crew.bases();
    const at = (index: number) => bases[index % bases.length]!;
    const work = Promise.all([
      ...this.#writers.map((writer, index) => writer.work(at(index), stopped)),
      ...this.#syncs.map((sync, index) => sync.work(at(index), stopped)),
    ]);
    const timer = new AbortController();
    try {
      await Promise.race([delay(mostMs, undefined, {signal: timer.signal}), this.crew.anyEnded(), work]);
      await end();
    } finally {
      over = true;
      timer.abort();
    }
    await work;
  }

  /** A kill at a random moment of the load: of one of several, or of all; sometimes another in the recovery. */
  async randomKill(mostMs = 300): Promise<void> {
    const {crew} = this;
    const one = crew.bases().length > 1 && this.#random.chance(0.5) ? this.#random.below(crew.size) : undefined;
    const before = crew.bases().length;
    crew.prepare();
    await this.load(this.#random.below(mostMs), () => crew.kill(one));
    this.#counted.kills += one === undefined ? before : 1;
    this.#kinds[one === undefined ? 'all' : 'one'] += one === undefined ? before : 1;
    if (one !== undefined) {
      // What the survivor gives before anybody has told it, or while it repairs.
      const early = this.#random.chance(0.5);
      if (early) crew.tellHeirs();
      await this.check();
      if (!early) crew.tellHeirs();
    } else {
      while (this.#random.chance(0.2)) await this.#killInRecovery();
    }
    await crew.start();
    await this.check();
  }

  async #killInRecovery(): Promise<void> {
    await this.crew.start();
    const [base] = this.crew.bases();
    const asked = names.map(name => observe(base!, name).catch(() => undefined));
    await delay(this.#random.below(60));
    const alive = this.crew.bases().length;
    await this.crew.kill();
    await Promise.all(asked);
    this.#counted.kills += alive;
    this.#kinds.recovery += alive;
  }

  /** Starts the server so that it dies when it passes this point, and works until then; it is left dead. Throws where it never does. */
  async killAt(failpoint: string, nth = 1): Promise<void> {
    const point = `${failpoint}:${nth}`;
    this.crew.prepare(point);
    const before = this.crew.bases().length;
    if (before > 0) await this.load(this.#random.below(100), () => this.crew.kill());
    this.#counted.kills += before;
    this.#kinds.all += before;
    await this.crew.start(point);
    const began = Date.now();
    while (this.crew.bases().length === this.crew.size) {
      if (Date.now() - began > 15_000) throw new Error(`nothing passes the failpoint ${point}`);
      // Like any client after a restart; what is under way from before is looked at once the process is there to stay.
      const [base] = this.crew.bases();
      const seen = await Promise.all(names.map(name => observe(base!, name))).catch(() => undefined);
      if (!seen) continue;
      await this.#compare(seen);
      await this.load(1_000);
    }
    this.#counted.kills++;
    this.#kinds.failpoint++;
    await this.crew.kill();
  }

  /** One of several dies when it passes this point. The others, whom nobody has told, show what there is at once; then they are told. */
  async killOneAt(failpoint: string): Promise<void> {
    await this.crew.start();
    await this.crew.kill(0);
    await this.crew.start(`${failpoint}:1`);
    const began = Date.now();
    while (this.crew.bases().length === this.crew.size) {
      if (Date.now() - began > 60_000) throw new Error(`nothing passes the failpoint ${failpoint}`);
      await this.load(1_000);
      // Files are written out once a home rests, by whichever worker comes first.
      await delay(200);
    }
    this.#counted.kills += 2;
    this.#kinds.failpoint++;
    this.#kinds.one++;
    await this.check();
    this.crew.tellHeirs();
    await this.check();
  }

  /** All that was answered is there, what was cut off is done or not, and whoever syncs has what there is: by each worker. */
  async check(): Promise<Observed[]> {
    let seen: Observed[] = [];
    const bases = this.crew.bases();
    if (bases.length === 0) throw new Error(`no worker is alive: ${this.crew.complaints.slice(-3).join('')}`);
    for (const base of bases) {
      seen = await Promise.all(names.map(name => observe(base, name)));
      await this.#compare(seen);
      await Promise.all(this.#syncs.map((sync, at) => sync.check(base, seen[at]!)));
    }
    return seen;
  }

  async #compare(seen: readonly Observed[]): Promise<void> {
    for (const writer of this.#writers) writer.check(seen[names.indexOf(writer.account)]!);
  }

  /** Stopped in good order nothing is owed, and the files are what was served. */
  async cleanStop(): Promise<void> {
    const seen = await this.check();
    await this.crew.stop();
    this.#counted.cleanStops++;
    const {counts, found} = await inspectHomes(this.crew.root);
    const {pending, damaged, doubled, differing, badIndex} = counts;
    if (pending + damaged + doubled + differing + badIndex > 0)
      throw new Error(`after a stop: ${JSON.stringify({counts, found})}`);
    for (const [at, name] of names.entries()) compareFiles(this.crew.root, name, seen[at]!);
    for await (const {folder} of homesIn(this.crew.root)) {
      const left = readdirSync(join(folder, workshopName));
      if (left.length > 0) throw new Error(`${folder} holds ${left.length} files half made`);
      if (existsSync(join(folder, `${indexName}-wal`))) throw new Error(`the index of ${folder} was not closed`);
    }
  }

  /** Harms the index of each home of a server that has stopped. Its history goes, and nothing else. */
  async spoilIndexes(how?: Harm): Promise<void> {
    for await (const {folder} of homesIn(this.crew.root)) {
      spoil(join(folder, indexName), how ?? this.#random.pick(harms), this.#random);
      this.#counted.indexesSpoiled++;
    }
    this.forget();
  }

  /** The history of the indexes is lost: sync clients may be told once to begin anew. */
  forget(): void {
    for (const sync of this.#syncs) sync.forget();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const writer of this.#writers) writer.close();
    await this.crew[Symbol.asyncDispose]();
  }
}

/** What can happen to an index. */
export const harms = ['deleted', 'truncated', 'emptied', 'bits flipped', 'overwritten', 'of another version'] as const;
export type Harm = (typeof harms)[number];

function spoil(file: string, how: Harm, random: Random): void {
  const bytes = readFileSync(file);
  if (how === 'deleted') unlinkSync(file);
  else if (how === 'truncated') truncateSync(file, random.below(bytes.length));
  else if (how === 'emptied') truncateSync(file, 0);
  else if (how === 'overwritten') writeFileSync(file, random.text(5_000));
  else if (how === 'of another version') {
    using database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 1');
  } else {
    // In the pages that every look passes through: what nobody reads would not be noticed, and would not matter.
    for (let at = 100; at < Math.min(bytes.length, 4096); at += 7) bytes[at]! ^= 1 << random.below(8);
    writeFileSync(file, bytes);
  }
}
