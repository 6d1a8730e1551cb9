import {expect, test} from 'vitest';
import {judge} from '../../../src/doctor/checks/disk-space.ts';

const megabyte = 1024 * 1024;

test.each([
  ['plenty', 10_000 * megabyte, 1_000_000, 'ok'],
  ['plenty, on a file system without a fixed number of inodes', 10_000 * megabyte, undefined, 'ok'],
  ['little room', 100 * megabyte, 1_000_000, 'warn'],
  ['no room', 5 * megabyte, 1_000_000, 'fail'],
  ['few inodes', 10_000 * megabyte, 5000, 'warn'],
  ['no inodes', 10_000 * megabyte, 10, 'fail'],
])('%s: %s', (_, bytes, files, status) => {
  const result = judge('DocumentRoot', '/srv', bytes, files);
  expect(result.status).toBe(status);
  if (status !== 'ok') expect(result.fix).toContain('du -xh --max-depth=2 /srv');
});
