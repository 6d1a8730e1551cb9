import type {Output} from './output.ts';

/** One option or argument, in commander's notation: `--host <name>`. */
export interface Option {
  readonly flags: string;
  readonly description: string;
  /** For an option that may be given several times or is a number. */
  parse?(value: string, before: unknown): unknown;
  readonly default?: unknown;
}

/** A row of the table of commands. */
export interface Command {
  /** The words to type, arguments included: `user add <name>`. */
  readonly name: string;
  readonly summary: string;
  readonly options: readonly Option[];
  /** Lines to type as they are, each with what it does. */
  readonly examples: readonly (readonly [command: string, does: string])[];
  /** Beside those that all commands have. */
  readonly exitCodes?: readonly (readonly [ExitCode, string])[];
  /** Loads what the command needs only when it is used, so that `--help` stays quick. Resolves to the exit code. */
  run(
    args: readonly (string | string[] | undefined)[],
    options: Readonly<Record<string, unknown>>,
    io: CommandIo,
  ): Promise<ExitCode>;
}

/**
 * 0 done, 1 failed, and of sysexits what the original and mail servers go by: 64 wrong usage (EX_USAGE), 65 what was given cannot be taken
 * (EX_DATAERR), 75 try again later (EX_TEMPFAIL), 78 something is not configured (EX_CONFIG).
 */
export type ExitCode = 0 | 1 | 64 | 65 | 75 | 78;

/** What every command is handed. */
export interface CommandIo {
  readonly out: Output;
  /** The server's folder, absolute: `--dir`, or the current folder. */
  readonly dir: string;
  /** The plist, absolute: `--config`, the environment variable `config`, or conf/caldavd-dev.plist in `dir`. */
  readonly configFile: string;
}
