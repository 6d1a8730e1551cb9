/**
 * What the doctor does as the account that serves the data, each with one argument that can be sent to another process. Each is loaded
 * when it is to be done: the server's start does the first, and should not wait for what the others need.
 */
export const jobs = {
  attributes: async () => (await import('./attributes-probe.ts')).probeAttributes,
  sync: async () => (await import('./sync-speed.ts')).measureSync,
  access: async () => (await import('./access.ts')).tryAccess,
  homes: async () => (await import('./homes.ts')).inspectHomes,
  repairHomes: async () => (await import('./repair-homes.ts')).repairHomes,
  deliveries: async () => (await import('./deliveries.ts')).inspectDeliveries,
  delegates: async () => (await import('./delegates.ts')).inspectDelegates,
};

export type Jobs = {[name in keyof typeof jobs]: Awaited<ReturnType<(typeof jobs)[name]>>};
