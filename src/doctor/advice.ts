import type {Mount} from './mounts.ts';

/** Why extended attributes may fail on a kind of file system, and what to do about it. */
export interface Advice {
  /** Types as the system names them, in lower case; a trailing `*` stands for any ending. */
  readonly types: readonly string[];
  /** What people call it. */
  readonly name: string;
  readonly why: string;
  fix(mount: Mount): string;
  /** What a working one is known to hold, where that is little. */
  readonly limit?: string;
}

const elsewhere = 'put the data on a local ext4, XFS, btrfs or ZFS file system (`--document-root`, `--data-root`)';

/** One row for each family of file systems that people keep data on. */
export const adviceTable: readonly Advice[] = [
  {
    types: ['ext2', 'ext3'],
    name: 'ext2/ext3',
    why: 'attributes are off unless it is mounted with user_xattr and the kernel was built with CONFIG_EXT2_FS_XATTR or CONFIG_EXT3_FS_XATTR',
    fix: mount =>
      `type \`mount -o remount,user_xattr ${mount.point}\`, and add user_xattr to its line in /etc/fstab; ` +
      `to make it the file system's default: \`tune2fs -o user_xattr ${mount.source}\`; better still, convert it to ext4`,
    limit: 'about 4 KiB a file',
  },
  {
    types: ['ext4'],
    name: 'ext4',
    why: 'attributes are off when it is mounted with nouser_xattr, or made without the feature ext_attr',
    fix: mount =>
      `type \`mount -o remount,user_xattr ${mount.point}\`, and take nouser_xattr out of its line in /etc/fstab; ` +
      `if that does not help, unmount it and type \`tune2fs -O ext_attr ${mount.source}\``,
    limit: 'about 4 KiB a file; 64 KiB a value with the feature ea_inode',
  },
  {
    types: ['xfs'],
    name: 'XFS',
    why: 'attributes are always on in XFS: a failure comes from a read-only mount, a full disk or a damaged file system',
    fix: mount =>
      `look at \`dmesg\` for errors, check \`df ${mount.point}\`, then unmount it and type \`xfs_repair ${mount.source}\``,
    limit: '64 KiB a value',
  },
  {
    types: ['btrfs'],
    name: 'btrfs',
    why: 'attributes are always on in btrfs: a failure comes from a read-only subvolume, full metadata or a damaged file system',
    fix: mount =>
      `look at \`btrfs property get ${mount.point} ro\` and \`btrfs filesystem usage ${mount.point}\`, and at \`dmesg\` for errors`,
    limit: 'about 16 KiB a value',
  },
  {
    types: ['zfs'],
    name: 'ZFS',
    why: 'attributes are off when the dataset has xattr=off, and slow when it has xattr=on or xattr=dir',
    fix: mount => `type \`zfs set xattr=sa ${mount.source}\`; it takes effect for new files`,
    limit: '64 KiB a file with xattr=sa',
  },
  {
    types: ['tmpfs'],
    name: 'tmpfs',
    why: 'tmpfs keeps user attributes only from Linux 6.6 on, in a kernel built with CONFIG_TMPFS_XATTR; and it forgets everything when the machine stops',
    fix: () => `${elsewhere}; a tmpfs would lose all calendars at the next start anyway`,
  },
  {
    types: ['ramfs', 'rootfs', 'devtmpfs'],
    name: 'ramfs',
    why: 'ramfs keeps no attributes at all, and forgets everything when the machine stops',
    fix: () => elsewhere,
  },
  {
    types: ['nfs', 'nfs4'],
    name: 'NFS',
    why: 'attributes travel over NFS only in version 4.2 (RFC 8276), with Linux 5.9 or newer on both machines and a file system below that has them',
    fix: mount =>
      `mount it with \`-o vers=4.2\` (now: ${mount.options.find(option => option.startsWith('vers=')) ?? 'no version given'}); ` +
      `where the server cannot, ${elsewhere}`,
  },
  {
    types: ['cifs', 'smb3', 'smbfs', 'smb2'],
    name: 'SMB/CIFS',
    why: 'a Windows share has attributes only when it is mounted without nouser_xattr and the server keeps them (Samba: `ea support = yes`); their names lose their case there',
    fix: mount =>
      `set \`ea support = yes\` and \`store dos attributes = yes\` for the share in smb.conf and mount ${mount.point} without nouser_xattr; ` +
      `safer: ${elsewhere}`,
  },
  {
    types: ['vfat', 'msdos', 'fat', 'exfat', 'ntfs', 'ntfs3', 'fuseblk'],
    name: 'FAT, exFAT or NTFS',
    why: 'FAT and exFAT have no attributes and no owners; NTFS has attributes only where its driver was told to keep them (streams_interface=xattr)',
    fix: mount => `${elsewhere}; or format ${mount.source} anew as ext4, which erases what is on it`,
  },
  {
    types: ['overlay', 'aufs', 'unionfs'],
    name: 'an overlay (the inside of a container)',
    why: 'an overlay has attributes only when the file system below its upper layer has them; and what is in it goes away with the container',
    fix: () =>
      'keep the data in a volume: `docker run -v caldav-data:/data …`, on a host folder that lies on ext4, XFS, btrfs or ZFS',
  },
  {
    types: ['9p', 'virtiofs', 'vboxsf', 'vmhgfs', 'prl_fs', 'fuse.grpcfuse', 'fuse.gcsfuse', 'drvfs'],
    name: "a folder shared from a virtual machine's host",
    why: 'shared folders pass attributes on only when told to (virtiofs: `-o xattr`; 9p: security_model=mapped), many never',
    fix: () => "keep the data on the virtual machine's own disk or in a named volume, not in a shared folder",
  },
  {
    types: ['fuse', 'fuse.*', 'macfuse', 'osxfuse'],
    name: 'FUSE',
    why: 'a file system in user space has attributes only when its program passes them on (sshfs does not, mergerfs does with xattr=passthrough)',
    fix: mount =>
      `look in the manual of ${mount.type.replace(/^fuse\.?/, '') || 'its program'} for xattr; otherwise ${elsewhere}`,
  },
  {
    types: ['f2fs', 'jffs2', 'ubifs', 'reiserfs', 'jfs'],
    name: 'F2FS, JFFS2, UBIFS, ReiserFS or JFS',
    why: 'attributes are there only when the kernel was built with the option for this file system (CONFIG_F2FS_FS_XATTR and its like) and the mount does not say nouser_xattr',
    fix: mount => `type \`mount -o remount,user_xattr ${mount.point}\`; where the kernel lacks the option, ${elsewhere}`,
  },
  {
    types: ['squashfs', 'iso9660', 'erofs', 'udf', 'romfs', 'cramfs'],
    name: 'a read-only image',
    why: 'it cannot be written to',
    fix: () => elsewhere,
  },
  {
    types: ['apfs', 'hfs', 'hfs+', 'hfsplus'],
    name: 'APFS/HFS+',
    why: 'attributes are always on in APFS and HFS+: a failure comes from a locked volume, or from macOS not letting this program into the folder',
    fix: () =>
      'allow the terminal Full Disk Access in System Settings, Privacy & Security; and see with `ls -lO` that the folder is not locked (uchg)',
    limit: '128 KiB a value in HFS+, more in APFS',
  },
];

/** For a type that is in no row. */
const unknown: Advice = {
  types: [],
  name: 'this file system',
  why: 'it does not keep attributes, or only with an option',
  fix: () => `look in the manual of the file system for "extended attributes" or "xattr"; otherwise ${elsewhere}`,
};

/** The row for a file system type; exact names before patterns. Never undefined: an unknown type has advice too. */
export function adviceFor(type: string): Advice {
  const wanted = type.toLowerCase();
  return (
    adviceTable.find(row => row.types.includes(wanted)) ??
    adviceTable.find(row => row.types.some(name => name.endsWith('*') && wanted.startsWith(name.slice(0, -1)))) ??
    unknown
  );
}

/** What stands in the way of attributes on a mount, in a sentence, and the fix. `code` is the system's error name. */
export function adviseAttributes(mount: Mount | undefined, folder: string, code: string): {problem: string; fix: string} {
  const type = mount?.type ?? 'unknown';
  const advice = adviceFor(type);
  const on = mount === undefined ? folder : `${folder} (${type} on ${mount.point})`;
  if (code === 'EROFS' || mount?.options.includes('ro')) {
    return {
      problem: `${on} is mounted read-only`,
      fix: `type \`mount -o remount,rw ${mount?.point ?? folder}\`, or ${elsewhere}`,
    };
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      problem: `${on} cannot be written to by this account`,
      fix: `give it the folder: \`chown ACCOUNT ${folder} && chmod u+rwx ${folder}\``,
    };
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return {problem: `${on} has no room left`, fix: 'delete what is not needed, or raise the quota'};
  }
  return {
    problem: `extended attributes do not work in ${on}: ${advice.why}`,
    fix: advice.fix(mount ?? {point: folder, type, source: folder, options: []}),
  };
}
