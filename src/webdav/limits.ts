/** What the plist says that methods and properties go by. Of bytes and counts, 0 is no limit. */
export interface Limits {
  readonly maxResourceSizeBytes: number;
  readonly maxInstances: number;
  readonly maxAttendeesPerInstance: number;
  readonly maxCollectionsPerHome: number;
  readonly maxResourcesPerCollection: number;
  readonly quotaBytes: number;
  /** The first and the last time a calendar takes and is asked for, `20260131T100000Z`; undefined or empty: no limit. */
  readonly minDateTime?: string;
  readonly maxDateTime?: string;
  /** Whether GET of a calendar gives it as one iCalendar object; undefined: it does. */
  readonly enableMonolithicCalendars?: boolean;
  /** Whether a collection of principals lists the others beside the one who asks; undefined: it does. */
  readonly enablePrincipalListings?: boolean;
  /** Whether PROPFIND of DAV:current-user-principal asks for a password where anybody may read the resource; undefined: it does. */
  readonly challengeDiscovery?: boolean;
  /** What one POST of bulk changes may have; undefined: none are taken. */
  readonly bulk?: {readonly maxResources: number; readonly maxBytes: number};
  /** Whether a UID is used once in a whole home; undefined: once in a calendar. */
  readonly uniqueUidsInHome?: boolean;
  /** Whether what an event says of its privacy holds; undefined: no. */
  readonly privateEvents?: boolean;
  /** Who may invite, beside users; undefined: all may. */
  readonly organizers?: {readonly locations: boolean; readonly resources: boolean};
  /** Of how many one request tells when they are busy; undefined: of all. */
  readonly maxFreeBusyAttendees?: number;
  /** The link that tells when somebody is busy; undefined: there is none. */
  readonly freeBusyUrl?: {readonly timePeriodDays: number; readonly anonymousAccess: boolean};
  /** IANA name of the time zone of calendars that have none; undefined: UTC. */
  readonly defaultTimezone?: string;
  /** User-Agents that are sent the VTIMEZONEs of standard zones unasked (RFC 7809 §3.1.3). */
  readonly sendTimezonesTo?: readonly RegExp[];
}
