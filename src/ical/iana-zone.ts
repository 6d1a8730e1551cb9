import type {Zone} from './zone.ts';

const zones = new Map<string, Zone | undefined>();
const maxRemembered = 700;
const maxNameLength = 100;

/** A zone of IANA's database as this Node has it, by its name (`Europe/Berlin`, or an offset, `+01:00`); undefined: there is none. */
export function ianaZone(name: string): Zone | undefined {
  if (name.length > maxNameLength) return undefined;
  if (zones.has(name)) return zones.get(name);
  if (zones.size >= maxRemembered) zones.clear();
  const zone = makeZone(name);
  zones.set(name, zone);
  return zone;
}

const span = 8 * 86_400_000;
/** Nearly the farthest a Date reaches from 1970. */
const farthest = 8.6e15;

function makeZone(name: string): Zone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
  // Asking Intl is slow: offsets are remembered at multiples of 8 days, between which a zone changes once at most.
  const offsets = new Map<number, number>();
  const changes = new Map<number, number>();
  const offsetAtMultiple = (multiple: number): number => {
    let offset = offsets.get(multiple);
    if (offset === undefined) {
      if (offsets.size > 50_000) offsets.clear();
      offset = askOffset(format, multiple * span);
      offsets.set(multiple, offset);
    }
    return offset;
  };
  return {
    id: format.resolvedOptions().timeZone,
    offsetAt(asked) {
      // What lies beyond all Dates is as at their ends.
      const instant = Math.min(Math.max(asked, -farthest), farthest);
      const multiple = Math.floor(instant / span);
      const before = offsetAtMultiple(multiple);
      const after = offsetAtMultiple(multiple + 1);
      if (before === after) return before;
      let change = changes.get(multiple);
      if (change === undefined) {
        change = findChange(format, multiple * span, before);
        changes.set(multiple, change);
      }
      return instant < change ? before : after;
    },
  };
}

/** The second at which the offset stops being `before`, within a span. */
function findChange(format: Intl.DateTimeFormat, start: number, before: number): number {
  let low = 0;
  let high = span / 1000;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (askOffset(format, start + middle * 1000) === before) low = middle;
    else high = middle;
  }
  return start + high * 1000;
}

function askOffset(format: Intl.DateTimeFormat, instant: number): number {
  const match = /^(\d+)\/(\d+)\/(\d+) ([AB]).*?, (\d+):(\d+):(\d+)/.exec(format.format(instant));
  if (!match) return 0;
  const [month, dayOfMonth, year, , hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const fullYear = match[4] === 'B' ? 1 - year : year;
  const local = new Date(0).setUTCFullYear(fullYear, month - 1, dayOfMonth) + ((hour * 60 + minute) * 60 + second) * 1000;
  return local - Math.floor(instant / 1000) * 1000;
}
