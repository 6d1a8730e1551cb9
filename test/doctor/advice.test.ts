import {describe, expect, test} from 'vitest';
import {adviceFor, adviceTable, adviseAttributes} from '../../src/doctor/advice.ts';
import type {Mount} from '../../src/doctor/mounts.ts';

const mount = (type: string, options = ['rw']): Mount => ({point: '/srv', type, source: '/dev/sdb1', options});

describe('advice on extended attributes', () => {
  test.each([
    ['ext2', 'remount,user_xattr /srv'],
    ['ext3', 'remount,user_xattr /srv'],
    ['ext4', 'nouser_xattr'],
    ['xfs', 'xfs_repair'],
    ['btrfs', 'btrfs property get /srv ro'],
    ['zfs', 'zfs set xattr=sa'],
    ['tmpfs', '--document-root'],
    ['ramfs', '--document-root'],
    ['nfs', 'vers=4.2'],
    ['nfs4', 'vers=4.2'],
    ['cifs', 'ea support = yes'],
    ['smb3', 'ea support = yes'],
    ['vfat', 'ext4'],
    ['exfat', 'ext4'],
    ['overlay', 'volume'],
    ['fuse.sshfs', 'manual of sshfs'],
    ['apfs', 'Full Disk Access'],
    ['hfs', 'Full Disk Access'],
  ])('%s: the fix names %s', (type, part) => {
    expect(adviseAttributes(mount(type), '/srv/data', 'ENOTSUP').fix).toContain(part);
  });

  test('the kernel options are named where they matter', () => {
    expect(adviceFor('ext3').why).toContain('CONFIG_EXT3_FS_XATTR');
    expect(adviceFor('tmpfs').why).toMatch(/6\.6.*CONFIG_TMPFS_XATTR/);
    expect(adviceFor('nfs4').why).toContain('5.9');
  });

  test('no type stands in two rows, and each row has a reason and a fix', () => {
    const types = adviceTable.flatMap(row => row.types);
    expect(new Set(types).size).toBe(types.length);
    for (const row of adviceTable) expect([row.name, row.why, row.fix(mount(row.types[0]!))]).not.toContain('');
  });

  test('an unknown type has advice too', () => {
    expect(adviseAttributes(mount('strangefs'), '/srv', 'ENOTSUP').fix).toContain('xattr');
  });

  test('read-only, not allowed and full are told apart from not supported', () => {
    expect(adviseAttributes(mount('xfs', ['ro']), '/srv', 'EROFS').problem).toContain('read-only');
    expect(adviseAttributes(mount('xfs'), '/srv', 'EACCES').problem).toContain('cannot be written');
    expect(adviseAttributes(mount('xfs'), '/srv', 'ENOSPC').problem).toContain('no room');
  });
});
