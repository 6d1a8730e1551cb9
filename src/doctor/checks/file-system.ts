import {adviceFor} from '../advice.ts';
import {type Check, type CheckResult, fail, ok, skipped, warn} from '../check.ts';
import {findMount, type Mount} from '../mounts.ts';

/** Where the folders lie: mount, file system, options. Whether attributes work there is tried, not guessed, by the next check. */
export const fileSystem: Check = {
  name: 'file-system',
  what: 'File system',
  applies: ({folders}) => folders.length > 0,
  async run({folders}) {
    return Promise.all(
      folders.map(async ({name, path}) => {
        const mount = await findMount(path);
        return mount === undefined
          ? skipped(`${name}: the system does not tell what is mounted at ${path}`)
          : judge(name, path, mount);
      }),
    );
  },
};

const forgetful = ['tmpfs', 'ramfs', 'rootfs', 'devtmpfs'];
const networked = ['nfs', 'nfs4', 'cifs', 'smb3', 'smbfs', '9p', 'virtiofs', 'fuse.sshfs'];

/** What the mount itself says, before anything is tried. */
export function judge(name: string, path: string, mount: Mount): CheckResult {
  const what = `${name}: ${path} is on ${mount.point} (${mount.type} from ${mount.source}; ${mount.options.join(',')})`;
  const details = {folder: path, ...mount};
  if (mount.options.includes('ro') || mount.options.includes('read-only')) {
    return fail(`${what}, which is mounted read-only`, `type \`mount -o remount,rw ${mount.point}\``, details);
  }
  if (forgetful.includes(mount.type)) {
    return warn(`${what}, which forgets everything when the machine stops`, adviceFor(mount.type).fix(mount), details);
  }
  if (mount.type === 'overlay') {
    return warn(`${what}, which goes away with its container`, adviceFor(mount.type).fix(mount), details);
  }
  if (networked.includes(mount.type)) {
    return warn(
      `${what}: SQLite's journal is not safe over a network or a shared folder`,
      'keep the data on a disk of the machine that runs the server',
      details,
    );
  }
  return ok(what, details);
}
