import {UserError} from '../base/user-error.ts';
import type {Config} from '../config/config.ts';
import {loadConfig, parseConfig} from '../config/load.ts';
import type {ServerStatus} from '../server/stats.ts';
import type {CommandIo} from './command.ts';

/**
 * The configuration by which a running server is met. One that has been broken since it started must not keep anybody from stopping
 * it: then the paths are the default ones.
 */
export function loadMeeting({configFile, dir}: CommandIo): Config {
  try {
    return loadConfig({file: configFile, folder: dir});
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return parseConfig({plist: {}, file: configFile, folder: dir});
  }
}

/** A status as lines for people. */
export function printStatus({state, pid, processType, addresses, processes, since, respawns}: ServerStatus): string {
  const workers = processes.filter(({role}) => role !== 'supervisor');
  const sum = (of: (status: ServerStatus['processes'][number]) => number | undefined) =>
    workers.reduce((total, one) => total + (of(one) ?? 0), 0);
  const memory = Math.round(processes.reduce((total, {memoryBytes = 0}) => total + memoryBytes, 0) / 1024 / 1024);
  const lines = [
    `The server is ${state === 'ready' ? 'running' : state}, as process ${pid}, since ${new Date(since).toLocaleString('sv')}.`,
    ...addresses.map(address => `  ${address}`),
    `${processType}, ${workers.length} ${workers.length === 1 ? 'process answers' : 'processes answer'} (${workers
      .map(one => `${one.pid}, uid ${one.uid}`)
      .join('; ')}); ${memory} MiB.`,
    `${sum(one => one.requests)} requests answered, ${sum(one => one.underWay)} under way, ${sum(one => one.connections)} connections.`,
  ];
  if (respawns > 0)
    lines.push(
      `${respawns} ${respawns === 1 ? 'process has' : 'processes have'} died and been replaced; the error log says why.`,
    );
  return lines.join('\n');
}
