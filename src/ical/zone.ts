/** A time zone: what its clocks show at an instant. All milliseconds. */
export interface Zone {
  /** The TZID, or IANA's name. */
  readonly id: string;
  /** How far local time is ahead of UTC at an instant. */
  offsetAt(instant: number): number;
}

export const utc: Zone = {id: 'UTC', offsetAt: () => 0};

const day = 86_400_000;

/** What the clocks of a zone show at an instant, as milliseconds since 1970 as if it were UTC. */
export function toLocal(instant: number, zone: Zone): number {
  return instant + zone.offsetAt(instant);
}

/**
 * The instant at which clocks show `local`. By RFC 5545 §3.3.5 a time that occurs twice is the first of the two, and one that a change
 * skips is read with the offset before the change.
 */
export function toInstant(local: number, zone: Zone): number {
  if (zone === utc) return local;
  const before = zone.offsetAt(local - day);
  const after = zone.offsetAt(local + day);
  if (before === after || zone.offsetAt(local - before) === before) return local - before;
  return zone.offsetAt(local - after) === after ? local - after : local - before;
}
