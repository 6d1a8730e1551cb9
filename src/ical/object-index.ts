import type {TimeRange} from '../base/time-range.ts';

/** What the store remembers of a calendar object so that queries need not read it. */
export interface ObjectIndex {
  readonly uid: string;
  /** The component type beside VTIMEZONE: `VEVENT`. */
  readonly component: string;
  /** One a recurrence instance, alarms left out; in order of start. */
  readonly spans: readonly Span[];
  /** Instances after this instant are not in `spans`, milliseconds; undefined: all are. */
  readonly horizon: number | undefined;
}

/** The time one instance takes. A floating one (no time zone, or a DATE) is given as if its zone were UTC. */
export interface Span extends TimeRange {
  readonly floating: boolean;
}
