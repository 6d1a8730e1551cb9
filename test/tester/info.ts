import type {ServerInfo} from '../../src/tester/server-info.ts';

/** A serverinfo for tests. */
export function testInfo(given: Partial<ServerInfo> = {}): ServerInfo {
  return {
    host: 'localhost',
    port: 8008,
    sslPort: 8443,
    waitCount: 50,
    waitDelayMs: 5,
    waitSuccessMs: 2000,
    features: new Set(),
    substitutions: new Map(),
    calendarDataFilters: [],
    addressDataFilters: [],
    ...given,
  };
}
