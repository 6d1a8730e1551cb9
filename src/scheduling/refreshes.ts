import {createHash} from 'node:crypto';
import type {Directory} from '../accounts/principal.ts';
import type {Calendar} from '../ical/parse.ts';
import type {IsMe, Message} from '../itip/message.ts';
import {refreshesFor} from '../itip/organizer.ts';
import {attendeesIn, roleIn} from '../itip/parties.ts';
import type {HomeUnit, HomeView, Path, StoredObject} from '../store/store.ts';
import type {Element} from '../xml/element.ts';
import {calendarserver, type Name} from '../xml/names.ts';
import {parseXml} from '../xml/parse.ts';
import {printAlone} from '../xml/print.ts';
import {stageDuties} from './duty.ts';
import {findObject, readObject} from './held-object.ts';
import {uidAttributes, uidIn} from './kept-uid.ts';
import {outboxIn} from './scheduling-collection.ts';

/** Up to so many attendees, the others' copies show each answer at once. */
export const mostAtOnce = 50;

/**
 * With more, answers are gathered, and the others' copies show them so long after the first. A round is a copy for each of them, with each
 * of them in it, so that with their number its cost grows by the square, and the time from one to the next with that: it is a bounded
 * part of a processor's, whoever answers and how often.
 */
export function gatherMs(attendees: number): number {
  return Math.min(600_000, Math.round(attendees ** 2 / 4));
}

/** The others who are here come to see who takes part, without being told. `repliers`: whose answers have come. */
export function refreshesOf(
  calendar: Calendar,
  {isMe, now, repliers, directory}: {isMe: IsMe; now: number; repliers?: readonly string[]; directory: Directory},
): Message[] {
  const except = repliers?.length === 1 ? repliers[0] : undefined;
  return refreshesFor(calendar, {isMe, now, except}).filter(({to}) => directory.findByAddress(to)?.calendars);
}

/** Whether what the others are to see is gathered: there are many of them. */
export function gathers(calendar: Calendar, most: number): boolean {
  return attendeesIn(calendar).size > most;
}

/** A round of refreshes that is owed: it lies in the Outbox of the organizer's home until it is due. */
export interface Round {
  readonly path: Path;
  readonly uid: string;
  /** Milliseconds since 1970. */
  readonly due: number;
}

/** Kept with an empty object. */
const roundProperty: Name = calendarserver('refresh');

/** Stages that a round is owed; answers whether it was not yet. */
export function stageRound(uid: string, due: number, unit: HomeUnit): boolean {
  const outbox = outboxIn(unit);
  if (!outbox) throw new Error(`${unit.home} has no Outbox`);
  const path = `${outbox.path}/refresh-${createHash('sha256').update(uid).digest('hex').slice(0, 32)}.ics`;
  if (unit.find(path)) return false;
  const round: Element = {name: roundProperty, attributes: {...uidAttributes(uid), due: String(due)}, children: []};
  unit.put(path, new Uint8Array(), undefined, new Map([[roundProperty, printAlone(round)]]));
  return true;
}

/** The round that an object in an Outbox is; undefined where it is none. */
export function readRound({path, properties}: StoredObject): Round | undefined {
  const printed = properties.get(roundProperty);
  if (printed === undefined) return undefined;
  const {attributes} = parseXml(printed);
  const [uid, due] = [uidIn(attributes) ?? '', attributes.due];
  return {path, uid, due: Number(due) || 0};
}

/** Those in a home that are due, and when the next is. */
export function roundsIn(view: HomeView, now: number): {due: Round[]; next: number | undefined} {
  const outbox = outboxIn(view);
  const rounds = [...(outbox ? view.members(outbox.path) : [])].flatMap(stored =>
    stored.collection ? [] : (readRound(stored) ?? []),
  );
  const later = rounds.filter(({due}) => due > now).map(({due}) => due);
  return {due: rounds.filter(({due}) => due <= now), next: later.length > 0 ? Math.min(...later) : undefined};
}

/** Stages, in place of a round, the messages that it is; where the organizer's object is no more, nothing. */
export async function stageRefreshes(
  {path, uid}: Round,
  {isMe, now, directory, unit}: {isMe: IsMe; now: number; directory: Directory; unit: HomeUnit},
): Promise<void> {
  if (!unit.find(path)) return;
  unit.delete(path);
  const object = findObject(unit, uid);
  const calendar = object && (await readObject(object, unit));
  if (calendar && roleIn(calendar, isMe) === 'organizer') stageDuties(refreshesOf(calendar, {isMe, now, directory}), unit);
}
