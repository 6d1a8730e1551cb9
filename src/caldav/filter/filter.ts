import type {TimeRange} from '../../base/time-range.ts';
import type {Collation} from './collation.ts';

/**
 * RFC 4791 §9.7.1. Names are in lower case, as in jCal; `*` is any component (draft-daboo-caldav-extensions §3.1). Of all that a filter
 * says, `anyOf` wants one thing to be so, and not everything: there and in a `PropFilter` alike.
 */
export interface CompFilter {
  readonly name: string;
  readonly anyOf: boolean;
  /** The component must not be there; nothing else is said then. */
  readonly isNotDefined: boolean;
  readonly timeRange: TimeRange | undefined;
  readonly propFilters: readonly PropFilter[];
  readonly compFilters: readonly CompFilter[];
}

/** RFC 4791 §9.7.2. */
export interface PropFilter {
  readonly name: string;
  readonly anyOf: boolean;
  readonly isNotDefined: boolean;
  readonly timeRange: TimeRange | undefined;
  readonly textMatch: TextMatch | undefined;
  readonly paramFilters: readonly ParamFilter[];
}

/** RFC 4791 §9.7.3. */
export interface ParamFilter {
  readonly name: string;
  readonly isNotDefined: boolean;
  readonly textMatch: TextMatch | undefined;
}

/** RFC 4791 §9.7.5, with the match types of draft-daboo-caldav-extensions §3.3. */
export interface TextMatch {
  readonly text: string;
  readonly type: MatchType;
  readonly collation: Collation;
  readonly negate: boolean;
}

export type MatchType = 'contains' | 'equals' | 'starts-with' | 'ends-with';
