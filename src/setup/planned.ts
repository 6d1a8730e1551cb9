import type {Answers, TlsKind} from './answers.ts';

/** What the server is to be, all decided; paths absolute. */
export interface Settings {
  readonly host: string;
  readonly httpPort: number;
  readonly sslPort: number;
  readonly bind: readonly string[];
  readonly documentRoot: string;
  readonly dataRoot: string;
  readonly logDir: string;
  readonly runDir: string;
  readonly accountsFile: string;
  readonly realm: string;
  /** Empty: none. */
  readonly userName: string;
  readonly tls: {readonly kind: TlsKind; readonly certificate: string; readonly privateKey: string; readonly authority: string};
}

/** A file or folder of the set-up and what is done about it. */
export interface PlannedPath {
  readonly path: string;
  readonly action: 'make' | 'keep' | 'replace';
  /** Permissions of a new one. */
  readonly mode: number;
  /** Whether it belongs to the account that the server becomes. */
  readonly served?: boolean;
}

/** An account to make. Its password is not part of the plan. */
export interface PlannedAccount {
  readonly name: string;
  readonly fullName: string;
  /** Whether it has every right in every home. */
  readonly admin: boolean;
  /** Undefined: a new one; else the one that its calendars are stored under. */
  readonly guid?: string;
}

/** All that `caldav setup` will do: data, so that it can be printed and compared. */
export interface Plan {
  /** What was asked for; without a password. */
  readonly answers: Answers;
  readonly folder: string;
  readonly configFile: string;
  readonly settings: Settings;
  readonly systemAccount: {readonly name: string; readonly action: 'make' | 'keep'} | undefined;
  readonly folders: readonly PlannedPath[];
  /** The local authority, then the server's certificate; two files each. */
  readonly authority: readonly PlannedPath[];
  readonly certificate: readonly PlannedPath[];
  readonly accountsFile: PlannedPath;
  /** Those to write into it; none where it is kept. */
  readonly accounts: readonly PlannedAccount[];
  /** Who has every right, by name; empty: nobody. */
  readonly admin: string;
  readonly config: PlannedPath;
  /** Files for people to read: the DTD and the reference configurations. */
  readonly references: readonly PlannedPath[];
  /** What a person should know before it is done. */
  readonly remarks: readonly string[];
}
