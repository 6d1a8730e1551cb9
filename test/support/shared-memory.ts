import type {SharedMemory} from '../../src/base/shared-memory.ts';

/** A shared memory in this process, with what it holds by name. */
export function sharedMap(): SharedMemory & {entries: Map<string, string>} {
  const entries = new Map<string, string>();
  return {
    entries,
    recall: async name => entries.get(name),
    async remember(name, value) {
      entries.set(name, value);
    },
    async claim(name) {
      if (entries.has(name)) return false;
      entries.set(name, '');
      return true;
    },
    close() {},
  };
}
