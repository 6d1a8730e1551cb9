import type {Account} from '../server/privileges.ts';
import type {Passwords} from './answers.ts';
import type {Plan} from './planned.ts';

/** A part of the set-up: a row of the table in `steps.ts`. */
export interface Step {
  readonly name: string;
  /** What it does, for the list of tasks: `make a certificate for cal.example`. */
  title(plan: Plan): string;
  /** Whether it belongs to this plan at all; it does without this. */
  applies?(plan: Plan): boolean;
  /** Whether the plan finds nothing to do for it. */
  done(plan: Plan): boolean;
  run(plan: Plan, work: Work): Promise<void>;
}

/** What the steps share while they work. */
export interface Work {
  /** Passwords that were generated, by account name: shown once at the end. */
  readonly passwords: Map<string, string>;
  readonly typed: Passwords;
  /** Whose data, logs and run are; undefined: whoever runs the set-up. */
  owner: Account | undefined;
  /** Backups of replaced files end in this: `2026-11-22T09-00-00Z.bak`; undefined: none are kept. */
  readonly backupEnd: string | undefined;
}
