import {describe, expect, test} from 'vitest';
import {findMount, mountOf, parseMountInfo, parseMountOutput} from '../../src/doctor/mounts.ts';

const mountInfo = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
40 27 8:1 /sub /mnt/with\\040space rw,nosuid master:3 shared:4 - xfs /dev/sda1 rw,attr2
41 27 0:50 / /srv rw - nfs4 files:/export rw,vers=4.1
42 41 0:51 / /srv rw - tmpfs tmpfs rw,size=1k
`;

describe('proc(5): /proc/pid/mountinfo', () => {
  const mounts = parseMountInfo(mountInfo);

  test('optional fields, two sets of options and octal escapes are read', () => {
    expect(mounts[2]).toEqual({point: '/mnt/with space', type: 'xfs', source: '/dev/sda1', options: ['rw', 'nosuid', 'attr2']});
    expect(mounts[1]).toEqual({point: '/', type: 'ext4', source: '/dev/vda', options: ['rw', 'relatime', 'discard']});
  });

  test('a path is in the mount with the longest point above it, not in one whose name merely begins alike', () => {
    expect(mountOf('/mnt/with space/a', mounts)?.type).toBe('xfs');
    expect(mountOf('/mnt/with spaces', mounts)?.type).toBe('ext4');
    expect(mountOf('/home', mounts)?.type).toBe('ext4');
  });

  test('of two mounts on one point the later one counts', () => {
    expect(mountOf('/srv/data', mounts)?.type).toBe('tmpfs');
  });
});

test('what mount prints on macOS is read', () => {
  const text =
    '/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)\n//ann@nas/share on /Volumes/My Share (smbfs, nodev)\n';
  expect(parseMountOutput(text)).toEqual([
    {point: '/', type: 'apfs', source: '/dev/disk3s1s1', options: ['sealed', 'local', 'read-only', 'journaled']},
    {point: '/Volumes/My Share', type: 'smbfs', source: '//ann@nas/share', options: ['nodev']},
  ]);
});

test('a path that is not there yet lies in the mount of its nearest parent', async () => {
  const root = await findMount('/');
  expect(await findMount('/no-such-folder-here/at/all')).toEqual(root);
});
