/** What the oracle of `oracle.ts` reads of iCalendar: components, properties, times and lengths, without anything of what it judges. */

export interface Property {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
}

export interface Component {
  readonly name: string;
  readonly properties: readonly Property[];
  readonly components: readonly Component[];
}

const hour = 3_600_000;
export const day = 24 * hour;

export interface Time {
  readonly local: number;
  readonly kind: 'date' | 'date-time';
  /** Undefined: floating. */
  readonly zone: string | undefined;
}

export function timeIn({properties}: Component, name: string): Time | undefined {
  const found = properties.find(property => property.name === name);
  return found && timeOf(found.value, found.parameters.get('TZID'));
}

export function timeOf(value: string, tzid: string | undefined): Time {
  const [, y, mo, d, h, mi, s, z] = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/.exec(value)!.map(String);
  const midnight = Date.UTC(Number(y), Number(mo) - 1, Number(d));
  if (h === 'undefined') return {local: midnight, kind: 'date', zone: undefined};
  const local = midnight + Number(h) * hour + Number(mi) * 60_000 + Number(s) * 1000;
  return {local, kind: 'date-time', zone: z === 'Z' ? 'UTC' : tzid};
}

export function lengthOf(text: string): {days: number; rest: number} {
  const [, sign, weeks, days, hours, minutes, seconds] =
    /^([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text)!;
  const factor = sign === '-' ? -1 : 1;
  const rest = Number(hours ?? 0) * hour + Number(minutes ?? 0) * 60_000 + Number(seconds ?? 0) * 1000;
  return {days: factor * (Number(weeks ?? 0) * 7 + Number(days ?? 0)), rest: factor * rest};
}

/** Days are days of the clock, the rest is exact (RFC 5545 §3.3.6). */
export function shifted(at: number, {days, rest}: {days: number; rest: number}, zone: string): number {
  if (days === 0) return at + rest;
  return instant({local: shownAt(at, zone) + days * day, zone}, zone) + rest;
}

const known = new Map<string, number>();

/** Every quarter of an hour is asked whether the clock then shows the time; the first that does is it (RFC 5545 §3.3.5). */
export function instant({local, zone: own}: Pick<Time, 'local' | 'zone'>, floating: string): number {
  const zone = own ?? floating;
  if (zone === 'UTC') return local;
  const key = `${local} ${zone}`;
  let found = known.get(key);
  for (let quarter = -56; found === undefined && quarter <= 56; quarter++) {
    const at = local + quarter * 900_000;
    if (shownAt(at, zone) === local) found = at;
  }
  // A time that is skipped is read with the offset from before.
  found ??= local - (shownAt(local - day, zone) - (local - day));
  known.set(key, found);
  return found;
}

const clocks = new Map<string, {clock: Intl.DateTimeFormat; ahead: Map<number, number>}>();

/** What a zone's clocks show, as if it were UTC; no clock changes within a quarter of an hour. */
function shownAt(at: number, zone: string): number {
  if (zone === 'UTC') return at;
  if (!clocks.has(zone)) {
    const parts = {year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric'} as const;
    clocks.set(zone, {clock: new Intl.DateTimeFormat('en-US', {timeZone: zone, hourCycle: 'h23', ...parts}), ahead: new Map()});
  }
  const {clock, ahead} = clocks.get(zone)!;
  const quarter = Math.floor(at / 900_000) * 900_000;
  if (!ahead.has(quarter)) {
    const shown = Object.fromEntries(clock.formatToParts(quarter).map(({type, value}) => [type, Number(value)]));
    ahead.set(quarter, Date.UTC(shown.year!, shown.month! - 1, shown.day!, shown.hour!, shown.minute!) - quarter);
  }
  return at + ahead.get(quarter)!;
}

export function parse(text: string): Component {
  const open: {name: string; properties: Property[]; components: Component[]}[] = [{name: '', properties: [], components: []}];
  for (const line of text.replace(/\r\n[ \t]/g, '').split('\r\n')) {
    const [, head, value] = /^([^:]*):(.*)$/.exec(line) ?? [];
    if (head === undefined || value === undefined) continue;
    const [name, ...parameters] = head.split(';');
    if (name === 'BEGIN') open.push({name: value, properties: [], components: []});
    else if (name === 'END') {
      const component = open.pop()!;
      open.at(-1)!.components.push(component);
    } else {
      const pairs = parameters.map(parameter => parameter.split('=') as [string, string]);
      open.at(-1)!.properties.push({name: name!, parameters: new Map(pairs), value});
    }
  }
  return open[0]!.components[0]!;
}
