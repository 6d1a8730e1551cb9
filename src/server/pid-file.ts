import {linkSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {isRunning} from '../base/is-running.ts';
import {UserError} from '../base/user-error.ts';

/** A PID file that names this process until it is released. */
export interface PidFile {
  /** What is to be said about what lay there before; undefined: nothing did. */
  readonly note: string | undefined;
  /** Removes it if it is still this process's. */
  release(): void;
}

/**
 * Takes the PID file for this process. One that a dead server left is replaced; for one of a live server throws UserError.
 * Two that start at once cannot both have it.
 */
export function claimPidFile(file: string): PidFile {
  const temporary = `${file}.${process.pid}`;
  let note: string | undefined;
  // Never through a link: the folder may belong to the account that root starts this for.
  rmSync(temporary, {force: true});
  writeFileSync(temporary, `${process.pid}\n`, {mode: 0o644, flag: 'wx'});
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        linkSync(temporary, file);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 3) throw error;
      }
      const pid = findServer(file);
      if (pid !== undefined) {
        throw new UserError(`The server runs already, as process ${pid} (${file}).`, 'Stop it with: caldav stop');
      }
      note = `${file} was left by a server that is gone; it has been replaced.`;
      rmSync(file, {force: true});
    }
  } finally {
    rmSync(temporary, {force: true});
  }
  return {
    note,
    release() {
      if (readPid(file) === process.pid) rmSync(file, {force: true});
    },
  };
}

/** The running server that a PID file names; undefined where there is none, or the number has passed on to another program. */
export function findServer(file: string): number | undefined {
  const pid = readPid(file);
  if (pid === undefined || pid === process.pid || !isAlive(pid)) return undefined;
  const process_ = describeProcess(pid);
  if (!process_) return pid; // not Linux: nothing more is known
  // A process that began after the file was written is another one, whatever its name.
  const written = statSync(file).mtimeMs;
  return process_.startedMs <= written + 2000 && /caldav/i.test(process_.commandLine) ? pid : undefined;
}

/** Whether a process does anything yet: one that has ended and waits for its parent to notice does not. */
export function isAlive(pid: number): boolean {
  if (!isRunning(pid)) return false;
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function describeProcess(pid: number): {startedMs: number; commandLine: string} | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 22 of proc(5), counted from behind the name, which may hold anything; in hundredths of a second since the machine's start.
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    const bootSeconds = Number(/^btime (\d+)/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return {startedMs: (bootSeconds + ticks / 100) * 1000, commandLine};
  } catch {
    return undefined;
  }
}
