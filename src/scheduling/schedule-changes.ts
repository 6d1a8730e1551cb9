import {firstProperty, type JcalComponent, type JcalProperty} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {timeOf} from '../ical/recurrence-set.ts';
import {instantOf, printTime} from '../ical/time.ts';
import {utc} from '../ical/zone.ts';
import {sameAddress} from '../itip/address.ts';
import {differences, meaningOf} from '../itip/meaning.ts';
import type {Message, Received} from '../itip/message.ts';
import {counterpart} from '../itip/organizer-data.ts';
import {addressOf, attendeesByKey} from '../itip/parties.ts';
import {commentOf} from '../itip/private-comments.ts';
import {keyIn, type Series, seriesOf} from '../itip/series.ts';
import {type Element, element} from '../xml/element.ts';
import {calendarserver, type Name} from '../xml/names.ts';

/** What a message has changed for its recipient (caldav-schedulingchanges §4.1.1). */
export interface MessageChange {
  readonly what: Received['what'];
  readonly message: Message;
  readonly before: Calendar | undefined;
  readonly after: Calendar | undefined;
  readonly now: number;
}

export const scheduleChangesProperty: Name = calendarserver('schedule-changes');

/** CS:schedule-changes of an item in an Inbox; undefined: the message has changed nothing, or is none of the four. */
export function scheduleChanges(change: MessageChange): Element | undefined {
  const action = actionOf(change);
  if (!action) return undefined;
  const stamp = printTime({local: change.now, date: false, zone: utc}).replace(/[-:]/g, '');
  return element(scheduleChangesProperty, element(cs('dtstamp'), stamp), element(cs('action'), action));
}

const cs = calendarserver;

function actionOf({what, message, before, after}: MessageChange): Element | undefined {
  const is = after && seriesOf(after);
  if (what === 'new') return element(cs('create'));
  if (what === 'cancel') return cancel(message, before);
  if (!before || !is) return undefined;
  const was = seriesOf(before);
  if (what === 'update') {
    const excluded = excludesAnew(was, seriesOf(message.calendar));
    const changed = [...keysOf(is)].flatMap(key => recurrence(key, is, changesIn(was, is, key, excluded)));
    return changed.length > 0 ? element(cs('update'), ...changed) : undefined;
  }
  if (what !== 'reply') return undefined;
  const answered = [...keysOf(inKeys(is, message.calendar))].flatMap(key =>
    recurrence(key, is, answersIn(was, is, key, message.from)),
  );
  return element(cs('reply'), element(cs('attendee'), message.from), ...answered);
}

type Key = number | 'master';
/** Parameters by property. Undefined: the instance is as it was. */
type Changes = ReadonlyMap<string, ReadonlySet<string>> | undefined;

function* keysOf({master, overrides}: Pick<Series, 'master' | 'overrides'>): Generator<Key> {
  if (master) yield 'master';
  yield* overrides.keys();
}

/** A message of instances alone does not say how its series counts them. */
function inKeys(series: Series, message: Calendar): Pick<Series, 'master' | 'overrides'> {
  const {master, overrides, findZone} = seriesOf(message);
  const keyed = new Map<number, JcalComponent>();
  for (const part of overrides.values()) {
    const id = timeOf(part, 'recurrence-id', findZone);
    if (id) keyed.set(keyIn(series, id), part);
  }
  return {master, overrides: keyed};
}

/** §4.1.2.2: of the whole nothing more is said. */
function cancel({calendar}: Message, before: Calendar | undefined): Element {
  const {master, overrides} = seriesOf(calendar);
  const was = before && seriesOf(before);
  if (master || !was) return element(cs('cancel'));
  return element(cs('cancel'), ...[...overrides.values()].map(part => element(cs('recurrence'), idOf(part, was))));
}

function recurrence(key: Key, series: Series, changes: Changes): Element[] {
  if (!changes) return [];
  const part = key === 'master' ? undefined : counterpart(series, key);
  const properties = [...changes].map(([name, parameters]) => ({
    name: cs('changed-property'),
    attributes: {name},
    children: [...parameters].map(each => ({name: cs('changed-parameter'), attributes: {name: each}, children: []})),
  }));
  return [element(cs('recurrence'), part ? idOf(part, series) : element(cs('master')), element(cs('changes'), ...properties))];
}

/** RECURRENCE-ID, in UTC where it is of a zone. */
function idOf(part: JcalComponent, {findZone}: Series): Element {
  const id = timeOf(part, 'recurrence-id', findZone);
  const time = id && (id.zone ? {local: instantOf(id, utc), date: false, zone: utc} : id);
  return element(cs('recurrenceid'), time ? printTime(time).replace(/[-:]/g, '') : '');
}

/** §4.1.2.4: what is said otherwise of an instance; what is new has nothing that it could differ from. */
function changesIn(was: Series, is: Series, key: Key, excluded: boolean): Changes {
  const [before, after] = [counterpart(was, key), counterpart(is, key)];
  if (!before || !after) return new Map();
  const names = differences(meaningOf(before, was.findZone), meaningOf(after, is.findZone));
  const found = new Map<string, ReadonlySet<string>>(names.map(name => [name, parametersOf(name, before, after)]));
  const ofPeople = attendeeParameters(before, after, () => true);
  if (ofPeople.size > 0) found.set('ATTENDEE', ofPeople);
  if (key === 'master' && excluded) found.set('EXDATE', new Set());
  return found.size > 0 ? found : undefined;
}

/** Whether the organizer leaves out others than before: what is cancelled may be shown as that still. */
function excludesAnew(was: Series, news: Series): boolean {
  if (!was.master || !news.master) return false;
  const [old, now] = [meaningOf(was.master, was.findZone), meaningOf(news.master, news.findZone)];
  return differences(old, now).includes('EXDATE');
}

/** §4.1.2.2: an answer is PARTSTAT, or a comment. */
function answersIn(was: Series, is: Series, key: Key, from: string): Changes {
  const [before, after] = [counterpart(was, key), counterpart(is, key)];
  if (!before || !after) return undefined;
  const found = new Map<string, ReadonlySet<string>>();
  const own = attendeeParameters(before, after, address => sameAddress(address, from));
  if (own.size > 0) found.set('ATTENDEE', own);
  if (commentOf(before, from) !== commentOf(after, from)) found.set('X-CALENDARSERVER-PRIVATE-COMMENT', new Set());
  return found.size > 0 ? found : undefined;
}

/** Of the first property of a name, and VALUE as what jCal has in its place. */
function parametersOf(name: string, before: JcalComponent, after: JcalComponent): Set<string> {
  const [was, is] = [before, after].map(part => firstProperty(part, name.toLowerCase()));
  return was && is ? changedParameters(was, is) : new Set();
}

function changedParameters(was: JcalProperty, is: JcalProperty): Set<string> {
  const names = [...new Set([...Object.keys(was[1]), ...Object.keys(is[1])])];
  const changed = names.filter(name => JSON.stringify(was[1][name]) !== JSON.stringify(is[1][name]));
  return new Set([...changed.map(name => name.toUpperCase()), ...(was[2] === is[2] ? [] : ['VALUE'])]);
}

const serversOwn = /^SCHEDULE-/;

function attendeeParameters(before: JcalComponent, after: JcalComponent, of: (address: string) => boolean): Set<string> {
  const were = attendeesByKey(before);
  const changed = new Set<string>();
  for (const [key, attendee] of attendeesByKey(after)) {
    const was = were.get(key);
    if (!was || !of(addressOf(attendee))) continue;
    for (const name of changedParameters(was, attendee)) if (!serversOwn.test(name)) changed.add(name);
  }
  return changed;
}
