import {instancesOf} from '../../src/ical/expand.ts';
import {textOf} from '../../src/ical/jcal.ts';
import {type Calendar, parseCalendar} from '../../src/ical/parse.ts';
import {printCalendar} from '../../src/ical/print.ts';
import {instantOf} from '../../src/ical/time.ts';
import {utc} from '../../src/ical/zone.ts';
import {normalAddress} from '../../src/itip/address.ts';
import {attendeeChange} from '../../src/itip/attendee.ts';
import type {Message} from '../../src/itip/message.ts';
import {organizerChange} from '../../src/itip/organizer.ts';
import {addressOf, attendeesOf, myself, partstatOf} from '../../src/itip/parties.ts';
import {receive} from '../../src/itip/receive.ts';
import {copyOf, partsOf, seriesOf} from '../../src/itip/series.ts';

export const ann = 'mailto:ann@example.com';
export const bob = 'mailto:bob@example.com';
export const cat = 'mailto:cat@example.com';

export const is = (address: string) => (other: string) => normalAddress(other) === normalAddress(address);

/** What a server keeps a copy of is text: whatever would not survive that must not count. */
export function through(calendar: Calendar): Calendar {
  return parseCalendar(printCalendar(calendar));
}

/** Who has declined all that a message is about, and taken it away, is told for the sake of their Inbox alone. */
function isDeclined({calendar, to}: Message): boolean {
  return partsOf(seriesOf(calendar)).every(part => partstatOf(myself(part, is(to))) === 'DECLINED');
}

/** Calendars of an organizer and attendees, and the messages that are on their way. */
export class World {
  now = Date.UTC(2026, 0, 1);
  readonly calendars = new Map<string, Calendar>();
  /** By sender: what one sends arrives in its order. */
  readonly queues = new Map<string, Message[]>();
  /** Messages that told who got them nothing new, though they were sent to be read. */
  readonly idle: Message[] = [];
  readonly local: (address: string) => boolean = () => true;

  put(who: string, calendar: Calendar | undefined, {isStale = false} = {}): void {
    this.now += 1000;
    const before = this.calendars.get(who);
    const after = calendar && through(calendar);
    const change = {before, after, isMe: is(who), now: this.now};
    if (who === ann) {
      const {calendar: stored, messages} = organizerChange({...change, isLocal: this.local, isStale});
      this.keep(who, stored);
      this.send(who, messages);
    } else {
      const {calendar: stored, reply} = attendeeChange(change);
      this.keep(who, stored);
      this.send(who, reply ? [reply] : []);
    }
  }

  edit(who: string, how: (calendar: Calendar) => void): void {
    const calendar = this.calendars.get(who);
    if (!calendar) return;
    const copy = copyOf(calendar);
    how(copy);
    this.put(who, copy);
  }

  private keep(who: string, calendar: Calendar | undefined): void {
    if (calendar) this.calendars.set(who, through(calendar));
    else this.calendars.delete(who);
  }

  private send(who: string, messages: readonly Message[]): void {
    const queue = this.queues.get(who) ?? [];
    queue.push(...messages.map(message => ({...message, calendar: through(message.calendar)})));
    this.queues.set(who, queue);
  }

  /** Delivers the oldest message of a sender; twice, and the second time must change nothing. */
  deliver(who: string): boolean {
    const message = this.queues.get(who)?.shift();
    if (!message) return false;
    this.now += 1000;
    const take = () => receive({mine: this.calendars.get(message.to), message, isMe: is(message.to), now: this.now});
    const received = take();
    if (received.calendar === 'unchanged') {
      if (who === ann && !message.quiet && this.calendars.has(message.to) && !isDeclined(message)) this.idle.push(message);
    } else {
      this.keep(message.to, received.calendar);
      const again = take();
      if (again.calendar !== 'unchanged') {
        throw new Error(
          `not idempotent:\n${printCalendar(this.calendars.get(message.to)!)}\n${again.calendar && printCalendar(again.calendar)}`,
        );
      }
    }
    this.send(
      message.to,
      received.answers.map(answer => answer.message),
    );
    return true;
  }

  deliverAll(): void {
    for (let round = 0; round < 500; round++) {
      if (![...this.queues.keys()].map(who => this.deliver(who)).some(Boolean)) return;
    }
    throw new Error('messages without end');
  }
}

/** What takes place for somebody: start, what it is called and their PARTSTAT, by instance. */
export function agenda(calendar: Calendar | undefined, who: string): Record<string, string> {
  const found: Record<string, string> = {};
  if (!calendar) return found;
  const series = seriesOf(calendar);
  let count = 0;
  for (const instance of instancesOf(calendar)) {
    if (++count > 100) break;
    const {component, recurrenceId, start} = instance;
    if (textOf(component, 'status') === 'CANCELLED') continue;
    const mine = attendeesOf(component).find(each => is(who)(addressOf(each)));
    if (!mine) continue;
    const key =
      recurrenceId && series.master
        ? new Date(instantOf(recurrenceId, utc)).toISOString()
        : recurrenceId
          ? new Date(instantOf(recurrenceId, utc)).toISOString()
          : 'once';
    const at = start && new Date(instantOf(start, utc)).toISOString();
    found[key] = `${at} ${textOf(component, 'summary')} ${partstatOf(mine)}`;
  }
  return found;
}
