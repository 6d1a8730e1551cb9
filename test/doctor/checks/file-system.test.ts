import {expect, test} from 'vitest';
import {judge} from '../../../src/doctor/checks/file-system.ts';

test.each([
  ['ext4', ['rw'], 'ok', undefined],
  ['ext4', ['ro'], 'fail', 'remount,rw /srv'],
  ['tmpfs', ['rw'], 'warn', 'ext4'],
  ['overlay', ['rw'], 'warn', 'volume'],
  ['nfs4', ['rw'], 'warn', 'a disk of the machine'],
  ['cifs', ['rw'], 'warn', 'a disk of the machine'],
])('%s mounted %s: %s', (type, options, status, fix) => {
  const result = judge('DocumentRoot', '/srv/data', {point: '/srv', type, source: '/dev/sdb1', options});
  expect(result.status).toBe(status);
  expect(result.message).toContain(`/srv/data is on /srv (${type} from /dev/sdb1; ${options})`);
  if (fix) expect(result.fix).toContain(fix);
});
