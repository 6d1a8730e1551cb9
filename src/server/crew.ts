import type {Bound} from '../http/bind.ts';
import type {Material} from './material.ts';
import type {ProcessStatus} from './stats.ts';

/** Those who answer requests: this very process (Single), or workers beside it (Combined). */
export interface Crew {
  /** Resolves when all answer. Rejects with UserError where one cannot; then none is left. */
  start(material: Material): Promise<readonly Bound[]>;
  /** Throws UserError where what is new cannot be used; then all keep the old. */
  reload(material: Material): Promise<void>;
  processes(): Promise<readonly ProcessStatus[]>;
  /** How often one that died was replaced. */
  readonly respawns: number;
  /** Lets what is under way end, for at most `graceMs`; a second call may shorten that. */
  stop(graceMs: number): Promise<void>;
}

/** What a crew is given beside its material. */
export interface CrewLogs {
  /** Takes lines of the access log. */
  access(lines: string): void;
  /** Takes a line of the error log. */
  error(line: string): void;
  /** Takes a CPU profile, where one was asked for: the text of a `.cpuprofile` file. */
  profile?(pid: number, text: string): void;
}
