import {cloned, type JcalComponent, type JcalProperty} from '../ical/jcal.ts';
import {normalAddress} from './address.ts';
import {outward} from './envelope.ts';
import {differences, meaningOf} from './meaning.ts';
import type {IsMe, Quiet} from './message.ts';
import {counterpart, invitedIn} from './organizer-data.ts';
import {addressOf, isServed} from './parties.ts';
import {excludedIn, instanceOf, isCancelled, isForFuture, type Series, setExcluded, setProperty} from './series.ts';
import {endBefore, setForFuture} from './this-and-future.ts';

/** Somebody who is invited, and to which components. */
export interface Party {
  readonly address: string;
  readonly keys: Set<number | 'master'>;
}

/** An organizer's object before or after a change, and who is invited to it, by the key of their address. */
export interface Side {
  readonly series: Series | undefined;
  readonly parties: ReadonlyMap<string, Party>;
}

/** Who is invited by the server (SCHEDULE-AGENT) to what takes place: to what is cancelled nobody is, save `withCancelled`. */
export function partiesOf(series: Series, isMe: IsMe, {withCancelled = false} = {}): Map<string, Party> {
  const found = new Map<string, Party>();
  const add = (key: number | 'master', component: JcalComponent) => {
    if (!withCancelled && isCancelled(component)) return;
    for (const attendee of invitedIn(component, isMe)) {
      const address = addressOf(attendee);
      if (!isServed(attendee) || address === '') continue;
      const party = found.get(normalAddress(address));
      if (party) party.keys.add(key);
      else found.set(normalAddress(address), {address, keys: new Set([key])});
    }
  };
  if (series.master) add('master', series.master);
  // With the master all is cancelled, unless an override says otherwise.
  for (const [key, component] of series.overrides) add(key, component);
  return found;
}

/** What one recipient, and everybody who is invited alike, is to be sent, in this order. */
export interface Plan {
  /** How what is cancelled was changed with that: their copies are to say the same. */
  readonly lastWords: Request | undefined;
  readonly cancels: readonly {readonly component: JcalComponent; readonly everybody: boolean}[];
  readonly request: Request | undefined;
}

interface Request {
  readonly quiet?: Quiet | undefined;
  components(now: number, organizer: JcalProperty): JcalComponent[];
}

interface Asking {
  /** Where they are asked anew. */
  readonly asked: ReadonlySet<number | 'master'>;
  readonly forced: boolean;
}

/** RFC 6638 §3.2.1, RFC 5546 §3.2.2 and §3.2.5, for one recipient. */
export function plannedFor(was: Side, is: Side, address: string, asking: Asking): Plan {
  const had = was.parties.get(address)?.keys ?? new Set();
  const has = is.parties.get(address)?.keys ?? new Set();
  const hidden = is.series && has.has('master') ? hiddenFrom(is.series, has) : new Set<number>();
  const cancels = cancelsFor(was, is, had, has, hidden);
  const lastWords = lastWordsFor(was, is, had, has);
  return {lastWords, cancels, request: requestFor(was, is, {had, has, hidden, cancels: cancels.length}, asking)};
}

/** Instances of a series that somebody is not invited to: they are EXDATE to them. */
function hiddenFrom(series: Series, keys: ReadonlySet<number | 'master'>): Set<number> {
  const hidden = excludedIn(series);
  for (const key of series.overrides.keys()) if (!keys.has(key)) hidden.add(key);
  return hidden;
}

type Keys = ReadonlySet<number | 'master'>;

function cancelsFor(
  {series: old}: Side,
  {series: now}: Side,
  had: Keys,
  has: Keys,
  hidden: ReadonlySet<number>,
): Plan['cancels'] {
  if (!old) return [];
  const isForAll = (key: number | 'master') => {
    if (!now) return true;
    if (key === 'master') return !now.master || isCancelled(now.master);
    const component = now.overrides.get(key);
    return component ? isCancelled(component) : !now.master || !instanceOf(now, key);
  };
  if (had.has('master') && !has.has('master')) return [{component: old.master!, everybody: isForAll('master')}];
  const lost = [...had].filter((key): key is number => key !== 'master' && !has.has(key));
  const gone = has.has('master') ? [...hidden] : lost;
  return gone
    .sort((a, b) => a - b)
    .flatMap(key => {
      const component = had.has(key)
        ? old.overrides.get(key)
        : had.has('master') && !old.overrides.has(key)
          ? instanceOf(old, key)
          : undefined;
      return component ? [{component: withRange(component, now, key), everybody: isForAll(key)}] : [];
    });
}

/** What is taken from somebody is all that follows, too, where the override is about that now (RFC 5545 §3.2.13). */
function withRange(component: JcalComponent, now: Series | undefined, key: number): JcalComponent {
  const isRest = isForFuture(now ? now.overrides.get(key) : component);
  if (isRest === isForFuture(component)) return component;
  const sent = cloned(component);
  setForFuture(sent, isRest);
  return sent;
}

/** RFC 5546 §3.2.2: a REQUEST has no STATUS:CANCELLED, and a CANCEL changes nothing else. */
function lastWordsFor({series: old}: Side, {series: now}: Side, had: Keys, has: Keys): Request | undefined {
  if (!old || !now) return undefined;
  const ended = [...(now.master ? [['master', now.master] as const] : []), ...now.overrides].flatMap(([key, component]) => {
    if (has.has(key) || !isCancelled(component)) return [];
    const before = beforeOf(old, key, had);
    return before && !isCancelled(before) ? [{key, before, component}] : [];
  });
  if (!ended.some(({before, component}) => isChanged(before, old, component, now, statusAndExdate))) return undefined;
  const rest = [...now.overrides].filter(([key]) => had.has(key)).map(([, component]) => component);
  const told = ended.some(({key}) => key === 'master') ? [now.master!, ...rest] : ended.map(({component}) => component);
  return {
    quiet: 'told',
    components: (at, organizer) =>
      told.map(component => {
        const sent = outward(component, {now: at, organizer});
        setProperty(sent, 'status', undefined);
        return sent;
      }),
  };
}

/** What somebody was invited to, of a component or instance; undefined: they were not. */
function beforeOf(old: Series, key: number | 'master', had: Keys): JcalComponent | undefined {
  if (had.has(key)) return counterpart(old, key);
  return had.has('master') && key !== 'master' && !old.overrides.has(key) ? instanceOf(old, key) : undefined;
}

interface Knowledge {
  readonly had: Keys;
  readonly has: Keys;
  readonly hidden: ReadonlySet<number>;
  readonly cancels: number;
}

function requestFor(
  was: Side,
  {series}: Side,
  {had, has, hidden, cancels}: Knowledge,
  {asked, forced}: Asking,
): Request | undefined {
  if (!series || has.size === 0) return undefined;
  const shown = [...series.overrides].filter(([key]) => has.has(key));
  const old = was.series;
  const isNews = ([key, component]: readonly [number | 'master', JcalComponent]) => {
    if (asked.has(key)) return true;
    const before = old && beforeOf(old, key, had);
    return !before || !old || isChanged(before, old, component, series);
  };
  if (!has.has('master')) {
    // With the series all was cancelled.
    const all = forced || had.has('master');
    const told = shown.filter(each => all || isNews(each)).map(([, component]) => component);
    const isOfSeries = old?.master && series.master && isChanged(old.master, old, series.master, series, new Set());
    if (told.length > 0 || cancels === 0 || !isOfSeries) return partial(told);
    // The series has changed, and with it the SEQUENCE of all of it.
    return partial(
      shown.map(([, component]) => component),
      'told',
    );
  }
  const master = series.master!;
  const full: Request = {
    components: (now, organizer) => [
      hide(outward(master, {now, organizer}), series, hidden),
      ...shown.map(([, component]) => outward(component, {now, organizer})),
    ],
  };
  if (forced || !had.has('master') || isNews(['master', master]) || isReverted(old!, series, had, hidden)) return full;
  const news = shown.filter(isNews).map(([, component]) => component);
  const excludes = differences(meaningOf(old!.master!, old!.findZone), meaningOf(master, series.findZone)).includes('EXDATE');
  if (!excludes) return partial(news);
  const isTold = news.length === 0 && cancels > 0 && [...excludedIn(old!)].every(key => hidden.has(key));
  return isTold ? {...full, quiet: 'told'} : full;
}

function partial(components: readonly JcalComponent[], quiet?: Quiet): Request | undefined {
  if (components.length === 0) return undefined;
  return {quiet, components: (now, organizer) => components.map(component => outward(component, {now, organizer}))};
}

const exdate = new Set(['exdate']);
const statusAndExdate = new Set(['status', 'exdate']);

/** Whether something is told anew: what is said, or of whom an answer is awaited that was given. */
function isChanged(before: JcalComponent, old: Series, after: JcalComponent, now: Series, except = exdate): boolean {
  return differences(meaningOf(before, old.findZone, except), meaningOf(after, now.findZone, except)).length > 0;
}

/** Whether an override is gone and its instance says something else without it. */
function isReverted(old: Series, now: Series, had: Keys, hidden: ReadonlySet<number>): boolean {
  for (const [key, before] of old.overrides) {
    if (now.overrides.has(key) || hidden.has(key)) continue;
    const instance = instanceOf(now, key);
    if (instance && (!had.has(key) || isChanged(before, old, instance, now))) return true;
  }
  return false;
}

/** The master with its EXDATEs, and nothing that it does not bear: what never was an instance need not be taken out. */
function hide(master: JcalComponent, from: Series, keys: ReadonlySet<number>): JcalComponent {
  if (keys.size === 0) return master;
  setExcluded({...from, master, overrides: new Map()}, keys);
  const ends = [...keys].filter(key => isForFuture(from.overrides.get(key)));
  if (ends.length > 0) endBefore({...from, master}, Math.min(...ends));
  return master;
}

interface Cancelling {
  readonly now: number;
  readonly sequence: number;
  readonly organizer: JcalProperty;
  /** It takes place for nobody; else it is only these who are not invited any more. */
  readonly everybody: boolean;
  readonly names: (address: string) => boolean;
}

/** RFC 5546 §3.2.5: STATUS is CANCELLED where it is for all; else only who is not invited any more is named. */
export function cancelled(component: JcalComponent, {now, sequence, organizer, everybody, names}: Cancelling): JcalComponent {
  const sent = outward(component, everybody ? {now, sequence, organizer} : {now, sequence, organizer, names});
  setProperty(sent, 'status', everybody ? ['status', {}, 'text', 'CANCELLED'] : undefined);
  return sent;
}
