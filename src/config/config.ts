/**
 * caldavd.plist as the program uses it: frozen, defaults filled in, relative paths made absolute against the server's folder.
 * Names follow the plist's keys; the table in `keys.ts` maps and documents each.
 */
export interface Config {
  /** The plist it came from. */
  readonly file: string;
  /** The server's folder: relative paths in the plist are relative to it. */
  readonly folder: string;
  readonly serverHostName: string;
  /** 0: off. */
  readonly httpPort: number;
  readonly sslPort: number;
  readonly redirectHttpToHttps: boolean;
  /** 0: off. */
  readonly strictTransportSecuritySeconds: number;
  /** Empty: all addresses. */
  readonly bindAddresses: readonly string[];
  readonly bindHttpPorts: readonly number[];
  readonly bindSslPorts: readonly number[];
  readonly documentRoot: string;
  readonly dataRoot: string;
  readonly limits: {
    /** Bytes a home may hold; 0: no limit. */
    readonly userQuotaBytes: number;
    readonly maxResourceSizeBytes: number;
    readonly maxCollectionsPerHome: number;
    readonly maxResourcesPerCollection: number;
    readonly maxAttendeesPerInstance: number;
    readonly maxAllowedInstances: number;
    /** The first and the last time, `20260131T100000Z`; empty: no limit. */
    readonly minDateTime: string;
    readonly maxDateTime: string;
  };
  readonly directory: {readonly type: 'XMLDirectoryService'; readonly xmlFile: string};
  /** Principal URLs with all rights, and with the right to read all. */
  readonly adminPrincipals: readonly string[];
  readonly readPrincipals: readonly string[];
  /** User-Agent patterns to refuse. */
  readonly rejectClients: readonly RegExp[];
  readonly enablePrincipalListings: boolean;
  readonly enableMonolithicCalendars: boolean;
  /** What one POST of bulk changes may have; 0: no limit. */
  readonly bulk: {readonly enabled: boolean; readonly maxResources: number; readonly maxBytes: number};
  readonly uniqueUidsInHome: boolean;
  readonly enablePrivateEvents: boolean;
  /** Whether invitations are delivered (RFC 6638 §3). */
  readonly enableImplicitScheduling: boolean;
  readonly scheduling: {
    /** Addresses of these are accounts here or nobody's; empty: none is known by its domain. */
    readonly emailDomain: string;
    readonly httpDomain: string;
    readonly addressPatterns: readonly RegExp[];
    readonly privateComments: boolean;
    /** Who may invite, beside users. */
    readonly organizers: {readonly locations: boolean; readonly resources: boolean};
    readonly limitFreeBusyAttendees: number;
  };
  readonly freeBusyUrl: {readonly enabled: boolean; readonly timePeriodDays: number; readonly anonymousAccess: boolean};
  readonly enableAnonymousReadRoot: boolean;
  readonly enableAnonymousReadNav: boolean;
  readonly authentication: {
    readonly basic: {
      readonly enabled: boolean /** Also on clear HTTP from other machines. */;
      readonly allowedOverWireUnencrypted: boolean;
    };
    readonly digest: {readonly enabled: boolean; readonly algorithms: readonly ('MD5' | 'SHA-256')[]};
    readonly challengeDiscovery: boolean;
  };
  /** Proxies whose Forwarded and X-Forwarded-* headers are believed: addresses or CIDR blocks. */
  readonly trustedProxies: readonly string[];
  readonly logs: {
    readonly accessLogFile: string;
    readonly errorLogFile: string;
    readonly rotateAccessLog: boolean;
    readonly moreAccessLogData: boolean;
    readonly level: 'debug' | 'info' | 'warn' | 'error';
  };
  readonly serverStatsFile: string;
  readonly pidFile: string;
  readonly controlSocket: string;
  /** PEM files; all empty: no TLS. */
  readonly tls: {readonly certificate: string; readonly privateKey: string; readonly authorityChain: string};
  /** The account to become when started by root; empty: none. */
  readonly userName: string;
  readonly groupName: string;
  readonly umask: number;
  readonly processType: 'Single' | 'Combined';
  /** Workers in Combined; 0: one a core. */
  readonly processCount: number;
  readonly memcached: {
    readonly clientEnabled: boolean;
    /** HOST:PORT; empty: at bindAddress and port. */
    readonly servers: readonly string[];
    readonly serverEnabled: boolean;
    readonly bindAddress: string;
    readonly port: number;
    readonly program: string;
    /** 0: as it likes. */
    readonly maxMemoryMegabytes: number;
  };
  /** Invitations by e-mail (RFC 6047). */
  readonly mail: {
    readonly enabled: boolean;
    readonly sending: {
      readonly server: string;
      readonly port: number;
      readonly useSsl: boolean;
      readonly username: string;
      readonly password: string;
      /** Whom messages are from; answers come to it with a token before the `@`. */
      readonly address: string;
    };
    readonly receiving: {
      readonly type: 'imap' | 'pop';
      /** Empty: no mailbox is looked at. */
      readonly server: string;
      /** 0: the standard one. */
      readonly port: number;
      readonly useSsl: boolean;
      readonly username: string;
      readonly password: string;
      readonly pollingSeconds: number;
      /** The name in Authentication-Results that is believed; empty: none is looked at. */
      readonly authServId: string;
    };
    /** Calendar addresses that mail goes to; none: all. */
    readonly addressPatterns: readonly RegExp[];
    readonly invitationDaysToLive: number;
    /** Where people reach the reply pages, with a slash at the end; empty: by ServerHostName and port. */
    readonly publicUrl: string;
    /** Of messages to people whose language is not known. */
    readonly language: string;
  };
  readonly maxRequests: number;
  readonly listenBacklog: number;
  readonly idleConnectionTimeOutSeconds: number;
  readonly httpRetryAfterSeconds: number;
  readonly responseCompression: boolean;
  readonly enableKeepAlive: boolean;
  readonly defaultTimezone: string;
  readonly enableTimezoneService: boolean;
  /** User-Agents that are sent VTIMEZONEs of standard zones unasked. */
  readonly sendTimezonesToClients: readonly RegExp[];
}
