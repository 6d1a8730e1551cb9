import {Connection} from './connection.ts';
import type {Account} from './crew.ts';
import {homeOf, type Observed} from './observe.ts';
import type {Random} from './random.ts';

type State = ReadonlyMap<string, string>;

/** A request, and what there is once it is done. */
interface Change {
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly after: State;
}

/** How many requests were sent, and what became of them. */
export interface Tally {
  sent: number;
  answered: number;
  refused: number;
  /** Cut off, and found done. */
  cutAndDone: number;
  /** Cut off, and found not done. */
  cutAndNot: number;
}

/**
 * A client that changes what is its own, one request after the other, and knows what there has to be: in the calendar that all share,
 * objects that begin with its prefix, and calendars of its own. What was answered is; what was cut off is done whole or not at all.
 */
export class WriterClient {
  readonly account: Account;
  readonly prefix: string;
  readonly tally: Tally = {sent: 0, answered: 0, refused: 0, cutAndDone: 0, cutAndNot: 0};
  readonly #random: Random;
  readonly #connection = new Connection();
  readonly #shared: string;
  #state: State = new Map();
  #underWay: Change | undefined;
  #next = 0;

  constructor(account: Account, number: number, random: Random) {
    this.account = account;
    this.prefix = `c${number}-`;
    this.#random = random;
    this.#shared = `${homeOf(account)}calendar/`;
  }

  /** Sends requests to one of these until it is told to stop or one is cut off. */
  async work(base: string, stopped: () => boolean): Promise<void> {
    while (!stopped()) {
      const change = this.#choose();
      this.#underWay = change;
      this.tally.sent++;
      const {method, path, headers, body, after} = change;
      const answer = await this.#connection.send(base, this.account, method, path, headers, body);
      if (!answer) return;
      this.#underWay = undefined;
      if (answer.status === 503 || answer.status === 507) {
        this.tally.refused++;
        continue;
      }
      const refusedWithin = answer.status === 207 && !/ 20[014] /.test(answer.text);
      if (answer.status >= 300 || refusedWithin || / [45]\d\d /.test(answer.status === 207 ? answer.text : '')) {
        throw new Error(`${method} ${path} is answered ${answer.status}: ${answer.text.slice(0, 500)}`);
      }
      this.#state = after;
      this.tally.answered++;
    }
  }

  /** Throws unless what was found of this client's is what it has to be. */
  check(found: Observed): void {
    const own = new Map([...found.entries].flatMap(([path, value]) => this.#own(path, value)));
    const cut = this.#underWay;
    this.#underWay = undefined;
    const unlike = differences(this.#state, own);
    if (unlike.length === 0) {
      if (cut) this.tally.cutAndNot++;
      return;
    }
    const unlikeAfter = cut ? differences(cut.after, own) : ['nothing was under way'];
    if (unlikeAfter.length > 0) {
      const name = cut ? `${cut.method} ${cut.path}` : 'none';
      throw new Error(
        `${this.account} ${this.prefix}: as before: ${unlike.join('; ')}. Under way: ${name}; as after it: ${unlikeAfter.join('; ')}`,
      );
    }
    this.#state = cut!.after;
    this.tally.cutAndDone++;
  }

  close(): void {
    this.#connection.close();
  }

  /** Under the name it has in the state. The server chooses the names of what comes in bulk: those go by UID. */
  #own(path: string, value: string): [string, string][] {
    const rest = path.slice(homeOf(this.account).length);
    if (rest.startsWith(this.prefix) && path.endsWith('/')) return [[path, value]];
    const uid = /^UID:(.*?)\r$/m.exec(value)?.[1] ?? '';
    if (!uid.startsWith(this.prefix)) return [];
    const [collection, name] = [path.slice(0, path.lastIndexOf('/') + 1), path.slice(path.lastIndexOf('/') + 1)];
    if (name.startsWith(this.prefix)) return [[path, value]];
    const whole = /^BEGIN:VCALENDAR\r\n[\s\S]*SUMMARY:(.*)\r\n[\s\S]*END:VCALENDAR\r\n\0$/.exec(value);
    return [[`${collection}uid:${uid}`, whole?.[1] ?? value]];
  }

  #choose(): Change {
    const state = this.#state;
    const objects = [...state.keys()].filter(path => path.endsWith('.ics'));
    const calendars = [...state.keys()].filter(path => path.endsWith('/'));
    const places = [this.#shared, ...calendars];
    const object = this.#random.pick(objects);
    const calendar = this.#random.pick(calendars);
    const place = this.#random.pick(places);
    const die = this.#random.below(100);
    if (calendars.length < 2 || (die < 3 && calendars.length < 4)) return this.#make();
    if (die < 5) return this.#without('DELETE', calendar!);
    if (die < 8) return this.#moveCalendar(calendar!);
    if (die < 12) return this.#note(calendar!);
    if (die < 18) return this.#bulk(calendar!);
    if (objects.length < 6 || (die < 40 && objects.length < 25)) return this.#put(`${place}${this.#name()}.ics`, this.#name());
    if (die < 60) return this.#put(object!, uidOf(state.get(object!)!));
    if (die < 70) return this.#note(object!);
    if (die < 80) return this.#move(object!, place);
    if (die < 86) return this.#several(objects);
    return this.#without('DELETE', object!);
  }

  #name(): string {
    return `${this.prefix}${this.#next++}`;
  }

  #event(uid: string): string {
    return event(uid, this.#random.text(this.#random.chance(0.05) ? 60_000 : this.#random.below(400)));
  }

  #with(...changes: [path: string, value: string][]): State {
    return new Map([...this.#state, ...changes]);
  }

  #put(path: string, uid: string): Change {
    const body = this.#event(uid);
    const note = noteOf(this.#state.get(path) ?? '\0');
    return {method: 'PUT', path, headers: {'content-type': 'text/calendar'}, body, after: this.#with([path, `${body}\0${note}`])};
  }

  #note(path: string): Change {
    const note = this.#random.text(this.#random.chance(0.2) ? 9_000 : 20);
    const value = path.endsWith('/') ? note : `${this.#state.get(path)!.split('\0')[0]}\0${note}`;
    const set = `<D:set><D:prop><N:note xmlns:N="urn:crash">${note}</N:note></D:prop></D:set>`;
    return {
      method: 'PROPPATCH',
      path,
      headers: xml,
      body: `<D:propertyupdate xmlns:D="DAV:">${set}</D:propertyupdate>`,
      after: this.#with([path, value]),
    };
  }

  #make(): Change {
    const path = `${homeOf(this.account)}${this.#name()}/`;
    return {method: 'MKCALENDAR', path, after: this.#with([path, ''])};
  }

  #without(method: string, path: string): Change {
    return {method, path, after: new Map([...this.#state].filter(([each]) => !each.startsWith(path)))};
  }

  #move(from: string, place: string): Change {
    const to = `${place}${this.#name()}.ics`;
    const after = new Map(this.#state);
    after.delete(from);
    after.set(to, this.#state.get(from)!);
    return {method: 'MOVE', path: from, headers: {destination: to}, after};
  }

  #moveCalendar(from: string): Change {
    const to = `${homeOf(this.account)}${this.#name()}/`;
    const moved = (path: string) => (path.startsWith(from) ? to + path.slice(from.length) : path);
    return {
      method: 'MOVE',
      path: from,
      headers: {destination: to},
      after: new Map([...this.#state].map(([path, value]) => [moved(path), value])),
    };
  }

  /** Many new ones in one POST: all of them or none. */
  #bulk(calendar: string): Change {
    const made = Array.from({length: 2 + this.#random.below(4)}, () => ({uid: this.#name(), summary: this.#random.text(30)}));
    const components = made.map(({uid, summary}) => /BEGIN:VEVENT[\s\S]*END:VEVENT\r\n/.exec(event(uid, summary))![0]);
    const body = `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//crash//EN\r\n${components.join('')}END:VCALENDAR\r\n`;
    const after = this.#with(...made.map(({uid, summary}): [string, string] => [`${calendar}uid:${uid}`, summary]));
    return {method: 'POST', path: calendar, headers: {'content-type': 'text/calendar'}, body, after};
  }

  /** Changes and removals of several in one POST: all of them or none. */
  #several(objects: readonly string[]): Change {
    const collection = this.#random.pick(objects).replace(/[^/]*$/, '');
    const members = objects.filter(path => path.startsWith(collection)).slice(0, 4);
    const after = new Map(this.#state);
    const resources = members.map(path => {
      if (this.#random.chance(0.4)) {
        after.delete(path);
        return `<D:href>${path}</D:href><M:delete/>`;
      }
      const body = this.#event(uidOf(this.#state.get(path)!));
      after.set(path, `${body}\0${noteOf(this.#state.get(path)!)}`);
      const data = `<C:calendar-data>${body.replaceAll('\r', '&#13;')}</C:calendar-data>`;
      return `<D:href>${path}</D:href><D:set><D:prop>${data}</D:prop></D:set>`;
    });
    const names = 'xmlns:D="DAV:" xmlns:M="http://me.com/_namespace/" xmlns:C="urn:ietf:params:xml:ns:caldav"';
    const body = `<M:multiput ${names}>${resources.map(each => `<M:resource>${each}</M:resource>`).join('')}</M:multiput>`;
    return {method: 'POST', path: collection, headers: xml, body, after};
  }
}

const xml = {'content-type': 'application/xml; charset=utf-8'};
const uidOf = (value: string) => /^UID:(.*?)\r$/m.exec(value)![1]!;
const noteOf = (value: string) => value.slice(value.indexOf('\0') + 1);

function event(uid: string, summary: string): string {
  const lines = ['BEGIN:VEVENT', `UID:${uid}`, 'DTSTAMP:20261101T000000Z', 'DTSTART:20261201T100000Z', 'DURATION:PT1H'];
  const all = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//crash//EN', ...lines, `SUMMARY:${summary}`, 'END:VEVENT'];
  return [...all, 'END:VCALENDAR', ''].join('\r\n');
}

/** What is not the same, in words; none: all is. */
function differences(wanted: State, found: State): string[] {
  const sentences: string[] = [];
  for (const [path, value] of wanted) {
    const is = found.get(path);
    if (is === undefined) sentences.push(`${path} is lost`);
    else if (is !== value) sentences.push(`${path} has ${is.length} characters of something else than its ${value.length}`);
  }
  for (const path of found.keys()) if (!wanted.has(path)) sentences.push(`${path} ought not to be`);
  return sentences;
}
