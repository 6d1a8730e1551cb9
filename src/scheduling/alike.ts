import type {Directory} from '../accounts/principal.ts';
import {mainComponents} from '../ical/jcal.ts';
import {type Calendar, parseCalendar} from '../ical/parse.ts';
import type {IsMe, Message, Received} from '../itip/message.ts';
import {addressOf, attendeesOf, organizerOf, partstatOf} from '../itip/parties.ts';
import {receive} from '../itip/receive.ts';

export type GuidOf = (address: string) => string | undefined;

/** Whose addresses are, each looked up once. */
export function guidsIn(directory: Pick<Directory, 'findByAddress'>): GuidOf {
  const found = new Map<string, string | undefined>();
  return address => {
    const known = found.get(address);
    if (known !== undefined || found.has(address)) return known;
    const guid = directory.findByAddress(address)?.guid;
    found.set(address, guid);
    return guid;
  };
}

/** So many different copies, and results, are remembered: most of those who are told the same have the same. */
const mostRemembered = 4;

/**
 * What one message is for many. Of a thousand who are invited, or told of a change, nearly all have the same copy and have answered the same,
 * so that it comes to the same for each of them: it is found out once.
 */
export class Alike {
  readonly guidOf: GuidOf;
  readonly #calendar: Calendar;
  readonly #copies = new Map<string, Calendar>();
  readonly #received = new Map<string, Received>();
  readonly #standings = new WeakMap<Calendar, ReadonlyMap<string, Standing>>();

  constructor({calendar}: Message, guidOf: GuidOf) {
    this.#calendar = calendar;
    this.guidOf = guidOf;
  }

  /** A copy by its ETag. Throws IcalError. */
  parse(etag: string, bytes: Uint8Array): Calendar {
    const known = this.#copies.get(etag);
    if (known) return known;
    const calendar = parseCalendar(bytes);
    remember(this.#copies, etag, calendar);
    return calendar;
  }

  /** As `itip/receive`; `mine` is what `parse` has answered for this ETag. */
  receive(
    message: Message,
    mine: Calendar | undefined,
    etag: string | undefined,
    me: {guid: string; isMe: IsMe; now: number},
  ): Received {
    const key = message.calendar === this.#calendar ? this.#keyFor(message, mine, etag, me.guid) : undefined;
    const known = key === undefined ? undefined : this.#received.get(key);
    if (known) return known;
    const received = receive({mine, message, isMe: me.isMe, now: me.now});
    // What they say themselves is theirs alone.
    if (key !== undefined && received.answers.length === 0) remember(this.#received, key, received);
    return received;
  }

  /**
   * The same for two to whom it is the same: they have the same copy, stand in the same components, and their one PARTSTAT is the same
   * everywhere, so that there is nothing of their own to be kept or told. Undefined: it may be theirs alone.
   */
  #keyFor({method, quiet}: Message, mine: Calendar | undefined, etag: string | undefined, guid: string): string | undefined {
    const here = mine && this.#standing(mine, guid);
    const there = this.#standing(this.#calendar, guid);
    if (!there || there.organizes || here?.organizes) return undefined;
    if (new Set([...(here?.partstats ?? []), ...there.partstats]).size > 1) return undefined;
    return JSON.stringify([method, quiet, etag, here?.places, there.places, [...there.partstats]]);
  }

  #standing(calendar: Calendar, guid: string): Standing | undefined {
    let standings = this.#standings.get(calendar);
    if (!standings) {
      standings = standingsIn(calendar, this.guidOf);
      this.#standings.set(calendar, standings);
    }
    return standings.get(guid);
  }
}

/** Where somebody is in a calendar, and what they have answered. */
interface Standing {
  readonly places: number[];
  readonly partstats: Set<string>;
  organizes: boolean;
}

function standingsIn(calendar: Calendar, guidOf: GuidOf): Map<string, Standing> {
  const found = new Map<string, Standing>();
  const of = (address: string) => {
    const guid = guidOf(address);
    if (guid === undefined) return undefined;
    const standing = found.get(guid) ?? {places: [], partstats: new Set(), organizes: false};
    found.set(guid, standing);
    return standing;
  };
  for (const [place, part] of mainComponents(calendar).entries()) {
    for (const attendee of attendeesOf(part)) {
      const standing = of(addressOf(attendee));
      standing?.places.push(place);
      standing?.partstats.add(partstatOf(attendee));
    }
    const organizer = organizerOf(part);
    const standing = organizer && of(addressOf(organizer));
    if (standing) standing.organizes = true;
  }
  return found;
}

function remember<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  if (map.size >= mostRemembered) map.delete(map.keys().next().value!);
  map.set(key, value);
}
