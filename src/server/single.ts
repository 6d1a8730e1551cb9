import {randomUUID} from 'node:crypto';
import type {Crew, CrewLogs} from './crew.ts';
import {createLog} from './error-log.ts';
import type {Material} from './material.ts';
import {type Account, becomeAccount} from './privileges.ts';
import {startProfile} from './profile.ts';
import {startWorker, type Worker} from './worker.ts';

/**
 * One process for all. Started by root it binds, reads and loads, and then becomes `account` for good: what a later reload reads, that
 * account must be able to read.
 */
export function createSingle(logs: CrewLogs, account: Account | undefined): Crew {
  let worker: Worker | undefined;
  let stopping: Promise<void> | undefined;
  let endProfile: (() => Promise<string>) | undefined;
  return {
    async start(material: Material) {
      if (logs.profile) endProfile = await startProfile();
      worker = await startWorker({
        material,
        log: createLog(material.config.logs.level, logs.error),
        access: logs.access,
        share: 1,
        startId: randomUUID(),
        binds: true,
        ...(account ? {drop: () => becomeAccount(account)} : {}),
      });
      return worker.bound;
    },
    async reload(material) {
      worker?.reload(material);
    },
    async processes() {
      if (!worker) return [];
      return [{role: 'server', ...(await worker.stats())}];
    },
    respawns: 0,
    async stop(graceMs) {
      if (stopping) {
        void worker?.stop(graceMs);
        return stopping;
      }
      stopping = worker?.stop(graceMs) ?? Promise.resolve();
      await stopping;
      if (endProfile) logs.profile?.(process.pid, await endProfile());
    },
  };
}
