import {readdir, readFile, readlink} from 'node:fs/promises';

/** A process that listens on a port. */
export interface Listener {
  readonly pid: number;
  readonly name: string;
  /** Its ancestors' numbers, nearest first. */
  readonly ancestors: readonly number[];
}

/** Who listens on a TCP port, as far as this account may see (Linux alone tells); undefined otherwise. */
export async function findListener(port: number): Promise<Listener | undefined> {
  const inodes = new Set<string>();
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const inode of listeningInodes(await readFile(file, 'utf8').catch(() => ''), port)) inodes.add(inode);
  }
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    if (await holds(pid, inodes)) {
      const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
      return {pid: Number(pid), name, ancestors: await ancestorsOf(Number(pid))};
    }
  }
  return undefined;
}

/** proc(5), /proc/net/tcp: `sl local_address rem_address st … inode`; state 0A is LISTEN. */
export function listeningInodes(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/))
    .filter(fields => fields[3] === '0A' && fields[1]?.endsWith(`:${wanted}`))
    .map(fields => fields[9]!);
}

async function holds(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
    const match = /^socket:\[(\d+)\]$/.exec(await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => ''));
    if (match && inodes.has(match[1]!)) return true;
  }
  return false;
}

async function ancestorsOf(pid: number): Promise<number[]> {
  const ancestors: number[] = [];
  for (let at = pid; at > 1 && ancestors.length < 20; ) {
    const status = await readFile(`/proc/${at}/status`, 'utf8').catch(() => '');
    at = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
    if (at > 0) ancestors.push(at);
  }
  return ancestors;
}
