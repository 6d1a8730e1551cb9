import {type Change, type Timezone, timezone} from './tzdata.ts';
import type {Zone} from './zone.ts';

const zones = new Map<string, Zone>();

/** A zone of IANA's database by its name (`Europe/Berlin`), or a fixed offset (`+01:00`); undefined: there is none. */
export function ianaZone(name: string): Zone | undefined {
  const data = timezone(name);
  if (!data) return fixedZone(name);
  let zone = zones.get(data.id);
  if (!zone) {
    zone = makeZone(data);
    zones.set(data.id, zone);
  }
  return zone;
}

/** After so many milliseconds, 400 years, the calendar and its weekdays repeat. */
const cycle = 146_097 * 86_400_000;

function makeZone({id, first, changes}: Timezone): Zone {
  const end = changes.at(-1)?.at ?? -Infinity;
  const repeats = end > Date.UTC(2400);
  // Times that are asked for one after the other lie between the same changes mostly.
  let last: {readonly from: number; readonly to: number; readonly offset: number} = {from: Infinity, to: -Infinity, offset: 0};
  return {
    id,
    offsetAt(asked) {
      const instant = repeats && asked >= end ? asked - Math.floor((asked - end) / cycle + 1) * cycle : asked;
      if (instant >= last.from && instant < last.to) return last.offset;
      const next = indexAfter(changes, instant);
      const before = changes[next - 1];
      last = {from: before?.at ?? -Infinity, to: changes[next]?.at ?? Infinity, offset: before?.to ?? first};
      return last.offset;
    },
  };
}

/** The index of the first change after an instant. */
export function indexAfter(changes: readonly Pick<Change, 'at'>[], instant: number): number {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (changes[middle]!.at <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

function fixedZone(name: string): Zone | undefined {
  const match = /^([+-])([01]\d|2[0-3]):([0-5]\d)$/.exec(name);
  if (!match) return undefined;
  const offset = (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
  return {id: name, offsetAt: () => offset};
}
