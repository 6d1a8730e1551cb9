import {setImmediate as otherWork} from 'node:timers/promises';
import {Worker} from 'node:worker_threads';
import type {Log} from '../../base/log.ts';
import type {ObjectIndex} from '../../ical/object-index.ts';
import type {Name} from '../../xml/names.ts';
import type {FromThread, Settings, Tasks, ToThread} from './messages.ts';
import type {Parsed, Unparsed} from './rescan.ts';

/** Parses a calendar object of a collection with these types for the index; undefined: it is none. Throws where it is damaged. */
export type Indexer = (name: string, bytes: Uint8Array, types: readonly Name[]) => ObjectIndex | undefined;

/** The event loop's end of the writer thread. The thread keeps the process alive only while something is asked of it. */
export class Writer {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, {resolve(answer: never): void; reject(error: Error): void}>();
  readonly #ready: Promise<void>;
  #last = 0;
  #log: Log | undefined;
  #index: Indexer = () => undefined;
  #gone: Error | undefined;

  /** Starts the thread. */
  constructor() {
    const ready = Promise.withResolvers<void>();
    this.#ready = ready.promise;
    // The thread's file has the same ending as this one: .ts in the sources, .js once built.
    this.#worker = new Worker(new URL(import.meta.url.replace(/writer(\.[jt]s)$/, 'writer-thread$1')), {
      name: 'store writer',
      execArgv: [],
    });
    this.#worker.on('message', (message: FromThread) =>
      message.sort === 'ready' ? ready.resolve() : void this.#receive(message),
    );
    this.#worker.on('error', error => this.#fail(error as Error, ready.reject));
    this.#worker.on('exit', () => this.#fail(new Error('the writer thread has ended'), ready.reject));
  }

  /** Resolves when all the thread needs is loaded. */
  async ready(): Promise<this> {
    await this.#ready;
    if (this.#waiting.size === 0) this.#worker.unref();
    return this;
  }

  start(settings: Settings, log: Log, index: Indexer): void {
    this.#log = log;
    this.#index = index;
    this.#send({sort: 'start', settings});
  }

  ask<N extends keyof Tasks>(name: N, ask: Tasks[N]['ask']): Promise<Tasks[N]['answer']> {
    if (this.#gone) return Promise.reject(this.#gone);
    const id = ++this.#last;
    const answer = new Promise<Tasks[N]['answer']>((resolve, reject) => this.#waiting.set(id, {resolve, reject}));
    if (this.#waiting.size === 1) this.#worker.ref();
    this.#send({sort: 'task', id, name, ask} as ToThread);
    return answer;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #send(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  async #receive(message: Exclude<FromThread, {sort: 'ready'}>): Promise<void> {
    if (message.sort === 'log') this.#log?.[message.level](message.details, message.message);
    else if (message.sort === 'parse') this.#send({sort: 'parsed', id: message.id, answers: await this.#parse(message.files)});
    else {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (this.#waiting.size === 0) this.#worker.unref();
      if (message.sort === 'done') waiting?.resolve(message.answer as never);
      else waiting?.reject(message.error);
    }
  }

  /** In slices, so that requests are answered while a large calendar is taken in. */
  async #parse(files: readonly Unparsed[]): Promise<Parsed[]> {
    const answers: Parsed[] = [];
    let sliceEnd = performance.now() + 10;
    for (const {name, bytes, types} of files) {
      answers.push(this.#parseOne(name, bytes, types));
      if (performance.now() < sliceEnd) continue;
      await otherWork();
      sliceEnd = performance.now() + 10;
    }
    return answers;
  }

  #parseOne(name: string, bytes: Uint8Array, types: readonly Name[]): Parsed {
    try {
      return {index: this.#index(name, bytes, types)};
    } catch (error) {
      return {damage: error instanceof Error ? error.message : String(error)};
    }
  }

  #fail(error: Error, rejectReady: (error: Error) => void): void {
    this.#gone ??= error;
    rejectReady(this.#gone);
    for (const {reject} of this.#waiting.values()) reject(this.#gone);
    this.#waiting.clear();
  }
}
