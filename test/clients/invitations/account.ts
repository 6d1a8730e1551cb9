import {expect} from 'vitest';
import {parseCalendar} from '../../../src/ical/parse.ts';
import {agenda} from '../../itip/world.ts';
import {asTold} from '../../scheduling/agreement.ts';
import type {Answer, Client} from '../../support/client.ts';
import {type Held, Replica} from '../../support/replica.ts';
import {type Served, type ServeOptions, serve} from '../../support/serve.ts';
import type {Habits} from './habits.ts';

/** One of the devices of an account. */
export class Handheld {
  readonly account: Account;
  readonly calendar: Replica;
  readonly inbox: Replica;

  constructor(account: Account) {
    this.account = account;
    this.calendar = new Replica(account.client, `${account.home}calendar/`);
    this.inbox = new Replica(account.client, `${account.home}inbox/`);
  }

  async sync(): Promise<void> {
    await this.calendar.sync();
    await this.inbox.sync();
  }

  /** Where its copy of an event is, and what it says; lines are not folded. */
  event(uid: string): {readonly href: string; readonly held: Held; readonly text: string} {
    const found = this.find(uid);
    if (!found) throw new Error(`${this.account.name} has no ${uid}`);
    return found;
  }

  find(uid: string) {
    for (const [href, held] of this.calendar.objects) {
      const text = held.text.replace(/\r\n[ \t]/g, '');
      if (text.includes(`\r\nUID:${uid}\r\n`)) return {href, held, text};
    }
    return undefined;
  }

  /** Stores what is made of its copy, as this client does, anew where another was faster (412); expects it to be taken. */
  async change(uid: string, edit: (text: string) => string): Promise<Answer> {
    for (;;) {
      const {href, held, text} = this.event(uid);
      const {habits} = this.account;
      const answer = await habits.store(this, href, habits.rewritten?.(edit(text)) ?? edit(text), held);
      if (answer.status !== 412) {
        expect([answer.status, answer.error]).toEqual([204, undefined]);
        return answer;
      }
      const {etag} = held;
      await this.calendar.sync();
      expect(this.event(uid).held.etag).not.toBe(etag);
    }
  }

  async make(uid: string, text: string): Promise<void> {
    const answer = await this.account.habits.store(this, `${this.account.home}calendar/${uid}.ics`, text, undefined);
    expect([answer.status, answer.error]).toEqual([201, undefined]);
  }

  async remove(uid: string, {silent = false} = {}): Promise<void> {
    const {href, held} = this.event(uid);
    const {habits, client} = this.account;
    const answer = await client.delete(href, {
      ...habits.headers,
      ...habits.condition(held),
      ...(silent ? {'schedule-reply': 'F'} : {}),
    });
    expect([answer.status, answer.error]).toEqual([204, undefined]);
    await this.calendar.sync();
  }

  /** What has come in, which the client takes away once it has shown it. */
  async takeInbox(): Promise<string[]> {
    await this.inbox.sync();
    const found = [...this.inbox.objects].map(([href, {text}]) => ({href, text: text.replace(/\r\n[ \t]/g, '')}));
    for (const {href} of found) {
      const {status} = await this.account.client.delete(href, this.account.habits.headers);
      // Another device may have been faster.
      expect([204, 404]).toContain(status);
    }
    await this.inbox.sync();
    return found.map(({text}) => /^METHOD:(\w+)/m.exec(text)![1]!).sort();
  }
}

/** Somebody with devices on which the same client runs. */
export class Account {
  readonly name: string;
  readonly address: string;
  readonly client: Client;
  readonly habits: Habits;
  readonly devices: readonly [Handheld, Handheld];

  constructor(name: string, client: Client, habits: Habits) {
    this.name = name;
    this.address = `mailto:${name}@example.com`;
    this.client = client;
    this.habits = habits;
    this.devices = [new Handheld(this), new Handheld(this)];
  }

  get home(): string {
    return `/calendars/users/${this.name}/`;
  }

  async sync(): Promise<void> {
    for (const device of this.devices) await device.sync();
  }
}

/** People who use these clients. */
export async function party<Name extends string>(
  habits: Readonly<Record<Name, Habits>>,
  options: ServeOptions = {},
): Promise<Served & Readonly<Record<Name, Account>>> {
  const names = Object.keys(habits) as Name[];
  const served = await serve(Object.fromEntries(names.map(name => [name, []])) as unknown as Record<Name, []>, options);
  const accounts = names.map(name => [name, new Account(name, served[name], habits[name])] as const);
  for (const [, account] of accounts) await account.sync();
  return {...served, ...(Object.fromEntries(accounts) as Record<Name, Account>)};
}

/**
 * When all is delivered: the devices of each hold the same bytes, which are what the server has, and each attendee has what the organizer has
 * them down for.
 */
export async function expectAgreement(served: Served, organizer: Account, ...attendees: Account[]): Promise<void> {
  await served.delivered();
  for (const account of [organizer, ...attendees]) {
    await account.sync();
    const [one, other] = account.devices.map(
      device => new Map([...device.calendar.objects].map(([href, {text, etag}]) => [href, [etag, text]])),
    );
    expect(other).toEqual(one);
    for (const [href, value] of one!) {
      const now = await account.client.get(href);
      expect([now.headers.get('etag'), now.text]).toEqual(value);
    }
  }
  const uids = new Set(
    [organizer, ...attendees].flatMap(({devices: [device]}) =>
      [...device.calendar.objects.values()].map(({text}) => /^UID:(.*)\r/m.exec(text)![1]!),
    ),
  );
  for (const uid of uids) {
    const [hers, ...theirs] = [organizer, ...attendees].map(({devices: [device]}) => {
      const found = device.find(uid);
      return found && parseCalendar(found.held.text);
    });
    for (const [at, {name, address}] of attendees.entries()) {
      expect([uid, name, agenda(theirs[at], address)]).toEqual([uid, name, asTold(hers, address, theirs[at])]);
    }
  }
}
