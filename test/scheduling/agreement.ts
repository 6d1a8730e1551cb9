import fc from 'fast-check';
import {expect} from 'vitest';
import {type Calendar, parseCalendar} from '../../src/ical/parse.ts';
import {printCalendar} from '../../src/ical/print.ts';
import type {Message, Method} from '../../src/itip/message.ts';
import {organizerOf, setParameters} from '../../src/itip/parties.ts';
import {receive} from '../../src/itip/receive.ts';
import {copyOf, partsOf, seriesOf} from '../../src/itip/series.ts';
import {attendeeEdits, invitation, organizerEdits} from '../itip/edits.ts';
import {agenda, ann, bob, cat, is} from '../itip/world.ts';
import type {Answer, Client} from '../support/client.ts';
import {type Held, Replica} from '../support/replica.ts';

/** Somebody who has no account here, and is told by mail. */
export const dan = 'mailto:dan@elsewhere.example';

/** Names of accounts with the addresses that edits know them by; the first organizes. */
export const people = {ann, bob, cat} as const;
export type Person = keyof typeof people;
export const names = Object.keys(people) as Person[];

/** What somebody does; `by`: what their program says of the version that it has changed. */
export type Step =
  | {
      readonly do: 'edit';
      readonly who: number;
      readonly device: number;
      readonly what: number;
      readonly n: number;
      readonly k: number;
      readonly whom: number;
      /** What they change besides, before they store it. */
      readonly also: number | null;
      readonly by: 'etag' | 'tag' | 'nothing';
    }
  | {readonly do: 'sync'; readonly who: number; readonly device: number}
  | {readonly do: 'delete'; readonly who: number}
  | {readonly do: 'settle'};

const who = fc.nat(names.length - 1);
const device = fc.nat(1);

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      who,
      device,
      what: fc.nat(40),
      n: fc.nat(8),
      k: fc.nat(4),
      whom: fc.integer({min: 1, max: 3}),
      also: fc.option(fc.nat(40), {freq: 3}),
      by: fc.constantFrom('etag' as const, 'tag' as const, 'tag' as const, 'nothing' as const),
    }),
  },
  {weight: 6, arbitrary: fc.record({do: fc.constant('sync' as const), who, device})},
  {weight: 1, arbitrary: fc.record({do: fc.constant('delete' as const), who})},
  {weight: 3, arbitrary: fc.constant({do: 'settle' as const})},
);

/** The server that they all use. */
export interface Playground {
  client(name: Person): Client;
  /** Resolves when all that is owed is done. */
  settled(): Promise<void>;
}

/** Three people with two devices each, and one meeting that ann calls every day for five days. */
export class Players {
  /** What was done, for whoever has to find out why it went wrong. */
  readonly log: string[] = [];
  readonly #server: Playground;
  readonly #devices: Readonly<Record<Person, readonly Replica[]>>;
  readonly #inboxes: Readonly<Record<Person, Replica>>;
  /** Attendees who have stored, from what an old device had, what they had taken away: if ann has not got it either, nobody can say so. */
  readonly #stored = new Set<Person>();
  #changes = 0;

  constructor(server: Playground) {
    this.#server = server;
    const each = <T>(make: (name: Person) => T) => Object.fromEntries(names.map(name => [name, make(name)])) as Record<Person, T>;
    this.#devices = each(name => [0, 1].map(() => new Replica(server.client(name), `/calendars/users/${name}/calendar/`)));
    this.#inboxes = each(name => new Replica(server.client(name), `/calendars/users/${name}/inbox/`));
  }

  /** The server was started anew. */
  move(): void {
    for (const name of names) {
      for (const replica of [...this.#devices[name], this.#inboxes[name]]) replica.moveTo(this.#server.client(name));
    }
  }

  async begin(): Promise<void> {
    const body = printCalendar(invitation([bob, cat, dan]));
    const put = await this.#server.client('ann').put('/calendars/users/ann/calendar/1.ics', body, {'if-none-match': '*'});
    expect(put.status).toBe(201);
    await this.#server.settled();
    for (const name of names) for (const each of this.#devices[name]) await each.sync();
  }

  /** A request that is cut off leaves the device with what it had. */
  async take(step: Step): Promise<void> {
    if (step.do === 'settle') return this.#server.settled();
    const name = names[step.who]!;
    if (step.do === 'delete') return this.#remove(name);
    const device = this.#devices[name][step.device]!;
    if (step.do === 'sync') return ignoringCuts(() => device.sync());
    const address = people[name];
    const edits = Object.entries(name === 'ann' ? organizerEdits : attendeeEdits);
    const [what, edit] = edits[step.what % edits.length]!;
    const [found] = device.objects;
    if (!found) return;
    const [href, held] = found;
    const copy = copyOf(parseCalendar(held.text));
    const whom = [bob, cat, dan][step.whom - 1]!;
    edit(copy, step.n, step.k, name === 'ann' ? whom : address);
    const [more, further] = step.also === null ? [] : edits[step.also % edits.length]!;
    further?.(copy, step.n + 9, (step.k + step.n) % 5, name === 'ann' ? whom : address);
    if (name === 'ann') this.#sign(copy);
    const isGone = partsOf(seriesOf(copy)).length === 0;
    const condition = conditionOf(step.by, held);
    const answer = await cutOff(() =>
      isGone ? device.client.delete(href, condition) : device.client.put(href, printCalendar(copy), condition),
    );
    if (answer?.status === 201 && name !== 'ann') this.#stored.add(name);
    this.#note(`${name}/${step.device} ${what} ${more ?? ''} n${step.n} k${step.k} ${whom} by ${step.by}`, answer);
    await ignoringCuts(() => (answer?.status === 412 ? device.sync() : device.fetch(href)));
  }

  async #remove(name: Person): Promise<void> {
    const [device] = this.#devices[name];
    const [found] = device!.objects;
    if (!found) return;
    const answer = await cutOff(() => device!.client.delete(found[0]));
    this.#note(`${name} delete`, answer);
    await ignoringCuts(() => device!.sync());
  }

  /** So that no two of ann's changes are told in the same words. */
  #sign(calendar: Calendar): void {
    this.#changes++;
    for (const part of partsOf(seriesOf(calendar))) setParameters(organizerOf(part)!, {cn: `Ann ${this.#changes}`});
  }

  #note(what: string, answer: Answer | undefined): void {
    this.log.push(`${what}: ${answer ? `${answer.status} ${answer.error ?? ''}` : 'cut off'}`);
    if (answer && answer.status >= 500 && answer.status !== 503) throw new Error(`${what} is answered ${answer.status}`);
  }

  /** When nothing is owed any more, everybody has the same, on every device; nobody was told anything twice. */
  async requireAgreement(mailed: readonly {readonly method: string; readonly calendar: string}[] = []): Promise<void> {
    await this.#server.settled();
    const texts = new Map<Person, string[]>();
    for (const name of names) {
      for (const each of this.#devices[name]) await each.sync();
      await this.#inboxes[name].sync();
      const [one, other] = this.#devices[name].map(each => each.texts());
      expect(other).toEqual(one);
      expect(one!.length).toBeLessThanOrEqual(1);
      texts.set(name, one!);
    }
    const calendars = new Map(names.map(name => [name, texts.get(name)!.map(text => parseCalendar(text))[0]]));
    const danHas = receivedByMail(mailed);
    try {
      for (const name of ['bob', 'cat'] as const) {
        if (!calendars.get('ann') && this.#stored.has(name)) continue;
        expect([name, agenda(calendars.get(name), people[name])]).toEqual([
          name,
          asTold(calendars.get('ann'), people[name], calendars.get(name)),
        ]);
        requireNoneTwice([...this.#inboxes[name].objects.values()].map(({text}) => text));
      }
      if (mailed.length > 0) {
        expect(['dan', agenda(danHas, dan)]).toEqual(['dan', asTold(calendars.get('ann'), dan, danHas)]);
        requireNoneTwice(mailed.map(({calendar}) => calendar));
      }
    } catch (error) {
      const all = [...texts].map(([name, [text = '-']]) => `${name}\n${short(text)}`);
      throw new Error(
        `${(error as Error).message}\n${this.log.join('\n')}\n${all.join('\n')}\n${danHas ? short(printCalendar(danHas)) : ''}`,
      );
    }
  }
}

const short = (text: string) => text.replace(/BEGIN:VTIMEZONE[\s\S]*END:VTIMEZONE\r\n/, '');

function conditionOf(by: 'etag' | 'tag' | 'nothing', {etag, scheduleTag}: Held): Record<string, string> {
  if (by === 'etag' && etag !== undefined) return {'if-match': etag};
  if (by === 'tag' && scheduleTag !== undefined) return {'if-schedule-tag-match': scheduleTag};
  return {};
}

/** What somebody is to have by the organizer's calendar; what they have declined they need not keep. */
export function asTold(organizers: Calendar | undefined, who: string, theirs: Calendar | undefined): Record<string, string> {
  const [told, own] = [agenda(organizers, who), agenda(theirs, who)];
  return Object.fromEntries(Object.entries(told).filter(([key, text]) => key in own || !text.endsWith(' DECLINED')));
}

/** What a program makes of mails that come in their order. */
function receivedByMail(mailed: readonly {readonly method: string; readonly calendar: string}[]): Calendar | undefined {
  let mine: Calendar | undefined;
  for (const {method, calendar: text} of mailed) {
    const calendar = parseCalendar(text);
    const message: Message = {method: method as Method, uid: 'series', from: ann, to: dan, sequence: 0, calendar};
    const received = receive({mine, message, isMe: is(dan), now: 0});
    if (received.calendar !== 'unchanged') mine = received.calendar;
  }
  return mine;
}

/** Of two messages that one change has brought forth only the time of sending would differ. */
function requireNoneTwice(texts: readonly string[]): void {
  const seen = texts.map(text => text.replace(/^DTSTAMP:.*\r\n/gm, ''));
  expect(seen.filter((text, at) => seen.indexOf(text) !== at)).toEqual([]);
}

/** Undefined: the server was killed before it had answered. */
async function cutOff(work: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

async function ignoringCuts(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
