import type {Config} from '../config/config.ts';
import type {Account} from '../server/privileges.ts';

/** A row of the table of checks. A check only looks: whatever it makes to try something is gone when it answers. */
export interface Check {
  /** What `--json` and tests call it. */
  readonly name: string;
  /** What it looks at, as the heading of its results. */
  readonly what: string;
  /** Nothing to look at: the check is left out of the report. */
  applies?(context: DoctorContext): boolean;
  /** Never throws for what it finds. What it throws is reported as a failure of the check itself. */
  run(context: DoctorContext): Promise<CheckResult[]>;
  /**
   * Mends what can be mended without asking what is meant, and without anything being lost; `dry`: only says what that would be. Asked
   * for only while no server runs on the data.
   */
  repair?(context: DoctorContext, dry: boolean): Promise<Repair[]>;
}

/** One thing to mend, or mended. */
export interface Repair {
  readonly state: 'planned' | 'done' | 'failed';
  /** Where, and what is done there. */
  readonly message: string;
  /** Why it failed. */
  readonly reason?: string;
}

/** What a check found about one thing. */
export interface CheckResult {
  readonly status: CheckStatus;
  /** One sentence: what is so, or what is wrong. */
  readonly message: string;
  /** What to type or change; only where `status` is `warn` or `fail`. */
  readonly fix?: string;
  /** Numbers and names behind the sentence, for `--json`. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** `warn`: the server works, but not as well or as safely as it could. `skipped`: could not be looked at, the message says why. */
export type CheckStatus = 'ok' | 'warn' | 'fail' | 'skipped';

/** A folder to look at, and what it is to the server: `DocumentRoot`. */
export interface Folder {
  readonly name: string;
  readonly path: string;
}

/** What every check is handed. */
export interface DoctorContext {
  /** Undefined: there is none yet, it cannot be used, or folders alone are looked at. */
  readonly config: Config | undefined;
  /** The plist, absolute, and the server's folder; undefined where folders alone are looked at. */
  readonly plist: {readonly file: string; readonly folder: string} | undefined;
  readonly folders: readonly Folder[];
  /** Whom the server serves as when started by this account; undefined: this account itself. */
  readonly account: Account | undefined;
  /** An address to walk as clients would, given by the person: through a proxy, from outside. */
  readonly url: string | undefined;
  /** With whose name and password to walk the discovery paths. */
  readonly credentials: {readonly user: string; readonly password: string} | undefined;
}

export function ok(message: string, details?: CheckResult['details']): CheckResult {
  return {status: 'ok', message, ...(details && {details})};
}

export function warn(message: string, fix: string, details?: CheckResult['details']): CheckResult {
  return {status: 'warn', message, fix, ...(details && {details})};
}

export function fail(message: string, fix: string, details?: CheckResult['details']): CheckResult {
  return {status: 'fail', message, fix, ...(details && {details})};
}

export function skipped(message: string): CheckResult {
  return {status: 'skipped', message};
}
