import {text} from '../../src/xml/element.ts';
import {calendarserver, dav} from '../../src/xml/names.ts';
import {Client, type MultistatusResponse} from '../support/client.ts';
import type {Account} from './crew.ts';
import {homeOf, type Observed} from './observe.ts';

/**
 * A client that keeps a copy: of the shared calendar by its sync tokens and by its CTag, and of the whole home by the home's tokens.
 * It goes on with what it was last given, whatever happened to the server since.
 */
export class SyncClient {
  readonly account: Account;
  /** Rounds of questions that were answered. */
  rounds = 0;
  readonly #calendar: string;
  readonly #copies: Copy[];
  #ctag: {readonly value: string; readonly members: ReadonlyMap<string, string>} | undefined;

  constructor(account: Account) {
    this.account = account;
    this.#calendar = `${homeOf(account)}calendar/`;
    this.#copies = [new Copy(this.#calendar, '1'), new Copy(homeOf(account), 'infinite')];
  }

  /** Asks again and again, until it is told to stop or an answer does not come. */
  async work(base: string, stopped: () => boolean): Promise<void> {
    const client = new Client(base, this.account, this.account);
    while (!stopped()) {
      try {
        for (const copy of this.#copies) await copy.bringUpToDate(client);
        await this.#poll(client);
        this.rounds++;
      } catch (error) {
        // Cut off in the middle: it still has what it had.
        if (error instanceof Astray) throw error;
        return;
      }
    }
  }

  /** Throws unless its copies, brought up to date, are what there is. */
  async check(base: string, found: Observed): Promise<void> {
    const client = new Client(base, this.account, this.account);
    for (const copy of this.#copies) {
      await copy.bringUpToDate(client);
      copy.check(found);
    }
    const here = new Map([...found.etags].filter(([path]) => path.startsWith(this.#calendar)));
    if (this.#ctag?.value === found.ctags.get(this.#calendar) && this.#ctag && !same(this.#ctag.members, here)) {
      throw new Astray(`${this.#calendar} has changed beneath one CTag`);
    }
  }

  /** An index was lost, and with it the history: tokens are refused once. */
  forget(): void {
    for (const copy of this.#copies) copy.mayBeRefused = true;
    this.#ctag = undefined;
  }

  /** The list is asked for only where the CTag is another; in one answer it may be later than the CTag, never earlier. */
  async #poll(client: Client): Promise<void> {
    const [now] = (await ask(client, this.#calendar, 0)).values();
    if (this.#ctag?.value === ctagOf(now)) return;
    const responses = await ask(client, this.#calendar, 1);
    const members = new Map<string, string>();
    for (const [path, {properties}] of responses) {
      if (path !== this.#calendar) members.set(path, text(properties.get(dav('getetag'))!));
    }
    this.#ctag = {value: ctagOf(responses.get(this.#calendar)), members};
  }
}

async function ask(client: Client, path: string, depth: 0 | 1): Promise<ReadonlyMap<string, MultistatusResponse>> {
  const {status, responses} = await client.propfind(path, depth, calendarserver('getctag'), dav('getetag'));
  if (status !== 207) throw new Error(`PROPFIND of ${path} is answered ${status}`);
  return responses;
}

function ctagOf(response: MultistatusResponse | undefined): string {
  return text(response!.properties.get(calendarserver('getctag'))!);
}

/** What a client was told that it would never come right of. */
export class Astray extends Error {}

class Copy {
  mayBeRefused = false;
  readonly #path: string;
  readonly #level: '1' | 'infinite';
  #token = '';
  #members = new Map<string, string>();

  constructor(path: string, level: '1' | 'infinite') {
    this.#path = path;
    this.#level = level;
  }

  async bringUpToDate(client: Client): Promise<void> {
    const answer = await client.sync(this.#path, this.#token, this.#level);
    if (answer.error === dav('valid-sync-token') && this.mayBeRefused) {
      this.#token = '';
      this.#members = new Map();
      return this.bringUpToDate(client);
    }
    if (answer.status !== 207) {
      const what = `sync-collection of ${this.#path} from ${this.#token} is answered ${answer.status} ${answer.text.slice(0, 300)}`;
      throw answer.status === 503 ? new Error(what) : new Astray(what);
    }
    if (this.#token !== '') this.mayBeRefused = false;
    for (const path of answer.removed) {
      for (const member of [...this.#members.keys()]) if (member.startsWith(path)) this.#members.delete(member);
    }
    for (const path of answer.changed) {
      const etag = answer.responses.get(path)!.properties.get(dav('getetag'));
      if (!path.endsWith('/')) this.#members.set(path, etag ? text(etag) : '');
    }
    this.#token = answer.token!;
  }

  check({etags}: Observed): void {
    const there = new Map([...etags].filter(([path]) => path.startsWith(this.#path)));
    if (same(this.#members, there)) return;
    const missing = [...there.keys()].filter(path => !this.#members.has(path));
    const left = [...this.#members.keys()].filter(path => !there.has(path));
    throw new Astray(
      `the copy of ${this.#path} lacks ${missing.join(' ') || 'nothing'}, has ${left.join(' ') || 'nothing'} too much`,
    );
  }
}

function same(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([path, etag]) => other.get(path) === etag);
}
