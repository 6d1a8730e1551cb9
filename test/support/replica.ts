import {dav} from '../../src/xml/names.ts';
import type {Client} from './client.ts';

/** An object as a device was given it. */
export interface Held {
  readonly text: string;
  readonly etag: string | undefined;
  readonly scheduleTag: string | undefined;
}

/** What a device holds of a collection: it asks for what has changed (RFC 6578), and fetches that. */
export class Replica {
  readonly objects = new Map<string, Held>();
  readonly path: string;
  #client: Client;
  #token = '';

  constructor(client: Client, path: string) {
    this.#client = client;
    this.path = path;
  }

  get client(): Client {
    return this.#client;
  }

  /** The server is to be found elsewhere now. */
  moveTo(client: Client): void {
    this.#client = client;
  }

  /** Brings it up to date. Throws where an answer is not what it has to be. */
  async sync(): Promise<void> {
    const answer = await this.#client.sync(this.path, this.#token);
    if (answer.error === dav('valid-sync-token') && this.#token !== '') {
      this.#token = '';
      this.objects.clear();
      return this.sync();
    }
    if (answer.status !== 207) throw new Error(`sync of ${this.path} is answered ${answer.status} ${answer.text.slice(0, 300)}`);
    for (const href of answer.removed) this.objects.delete(href);
    for (const href of answer.changed) if (href !== this.path) await this.fetch(href);
    this.#token = answer.token!;
  }

  /** Asks for one object, as after a change of its own. */
  async fetch(href: string): Promise<Held | undefined> {
    const {status, text, headers} = await this.#client.get(href);
    if (status === 404) {
      this.objects.delete(href);
      return undefined;
    }
    if (status !== 200) throw new Error(`GET ${href} is answered ${status} ${text.slice(0, 300)}`);
    const held = {text, etag: headers.get('etag') ?? undefined, scheduleTag: headers.get('schedule-tag') ?? undefined};
    this.objects.set(href, held);
    return held;
  }

  /** What it holds, in an order that does not depend on names. */
  texts(): string[] {
    return [...this.objects.values()].map(({text}) => text).sort();
  }
}
