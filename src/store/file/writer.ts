import {setImmediate as otherWork} from 'node:timers/promises';
import {Worker} from 'node:worker_threads';
import type {Log} from '../../base/log.ts';
import type {ObjectIndex} from '../../ical/object-index.ts';
import type {Name} from '../../xml/names.ts';
import {asThrown} from './as-thrown.ts';
import type {FromThread, Settings, Tasks, ToThread} from './messages.ts';
import type {Parsed, Unparsed} from './rescan.ts';

/** What it takes in it soon lets go of: more would only lie there. */
const youngMb = 8;

/** Parses a calendar object of a collection with these types for the index; undefined: it is none. Throws where it is damaged. */
export type Indexer = (name: string, bytes: Uint8Array, types: readonly Name[]) => ObjectIndex | undefined;

/**
 * The event loop's end of the writer thread. The thread keeps the process alive only while something is asked of it. One that dies of a
 * fault fails what was asked of it and is replaced; one that dies before it was ready would do so again.
 */
export class Writer {
  #worker: Worker;
  readonly #waiting = new Map<number, {resolve(answer: never): void; reject(error: Error): void}>();
  readonly #ready = Promise.withResolvers<void>();
  #onReplaced = () => {};
  #last = 0;
  #settings: Settings | undefined;
  #log: Log | undefined;
  #index: Indexer = () => undefined;
  #gone: Error | undefined;
  #ending = false;

  /** Starts the thread. */
  constructor() {
    this.#worker = this.#begin();
  }

  /** Resolves when all the thread needs is loaded. */
  async ready(): Promise<this> {
    await this.#ready.promise;
    return this;
  }

  /** `onReplaced`: called when a thread that died has been replaced. */
  start(settings: Settings, log: Log, index: Indexer, onReplaced = () => {}): void {
    this.#settings = settings;
    this.#log = log;
    this.#index = index;
    this.#onReplaced = onReplaced;
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
    this.#ending = true;
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
      else waiting?.reject(asThrown(message.error, message.codes));
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

  #begin(): Worker {
    // The thread's file has the same ending as this one: .ts in the sources, .js once built.
    const worker = new Worker(new URL(import.meta.url.replace(/writer(\.[jt]s)$/, 'writer-thread$1')), {
      name: 'store writer',
      execArgv: [],
      resourceLimits: {maxYoungGenerationSizeMb: youngMb},
    });
    let ready = false;
    let fault = new Error('the writer thread has ended');
    worker.on('message', (message: FromThread) => {
      if (message.sort !== 'ready') return void this.#receive(message);
      ready = true;
      this.#ready.resolve();
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on('error', error => {
      fault = error instanceof Error ? error : new Error(String(error));
    });
    worker.on('exit', () => this.#replace(ready, fault));
    return worker;
  }

  #replace(wasReady: boolean, fault: Error): void {
    const failed = [...this.#waiting.values()];
    this.#waiting.clear();
    if (wasReady && !this.#ending && this.#settings) {
      this.#log?.error({err: fault}, 'the thread that writes died of a fault and is replaced');
      this.#worker = this.#begin();
      this.#send({sort: 'start', settings: this.#settings});
      this.#onReplaced();
    } else {
      this.#gone = fault;
      this.#ready.reject(fault);
    }
    for (const {reject} of failed) reject(fault);
  }
}
