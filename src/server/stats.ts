import {renameSync, rmSync, writeFileSync} from 'node:fs';
import {buildPlist} from '../config/build-plist.ts';
import type {Bound} from '../http/bind.ts';
import type {Listener} from '../http/listener.ts';

/** What one worker tells of itself. */
export interface WorkerStats {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly underWay: number;
  readonly connections: number;
  readonly requests: number;
  readonly refusedBusy: number;
  readonly bytesOut: number;
  readonly methods: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
}

/** One process in a status. */
export interface ProcessStatus extends Partial<WorkerStats> {
  readonly role: 'supervisor' | 'worker' | 'server';
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  readonly since: number;
}

/** What `caldav status --json` prints. */
export interface ServerStatus {
  readonly state: 'starting' | 'ready' | 'stopping';
  readonly pid: number;
  readonly folder: string;
  readonly config: string;
  readonly processType: 'Single' | 'Combined';
  readonly since: number;
  readonly addresses: readonly string[];
  readonly bound: readonly Bound[];
  /** How often a worker that died was replaced. */
  readonly respawns: number;
  readonly processes: readonly ProcessStatus[];
}

/** What a worker tells of itself. */
export async function measure(listener: Listener, since: number): Promise<WorkerStats> {
  const {user, system} = process.cpuUsage();
  return {
    pid: process.pid,
    uid: process.geteuid?.() ?? -1,
    gid: process.getegid?.() ?? -1,
    since,
    underWay: listener.underWay,
    connections: await listener.connections(),
    ...listener.counts,
    memoryBytes: process.memoryUsage.rss(),
    cpuSeconds: (user + system) / 1e6,
  };
}

/**
 * Writes the stats file in one step: a property list if its name says so, as the 2009 server wrote it, otherwise JSON. The file itself
 * is replaced, never what a link in its place points to: its folder may belong to another account than this process.
 */
export function writeStats(file: string, status: ServerStatus): void {
  const temporary = `${file}.${process.pid}`;
  const data = JSON.parse(JSON.stringify(status));
  rmSync(temporary, {force: true});
  writeFileSync(temporary, file.endsWith('.plist') ? buildPlist(data) : `${JSON.stringify(data, null, 2)}\n`, {
    mode: 0o644,
    flag: 'wx',
  });
  renameSync(temporary, file);
}
