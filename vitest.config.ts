import {join} from 'node:path';
import {defineConfig} from 'vitest/config';

// The processes and threads that tests start read the program as it was compiled for the first of them.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: './test/support/compile.ts',
    setupFiles: './test/support/properties.ts',
    pool: 'forks',
    // Tests wait for disks and sockets more than they compute: a worker for each processor, not for all but one.
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    reporters: ['default', './test/support/tally.ts'],
  },
});
