import {stat} from 'node:fs/promises';

/** Files are looked at this often; a change is told when two looks have seen the same, so that it is not taken half written. */
const everyMs = 250;

/**
 * Calls `changed` within about half a second of a change to one of the files, by whatever means it was made. Looking is one cheap
 * call a file and works on every file system, network ones too, where notifications do not.
 */
export function watchFiles(files: () => readonly string[], changed: () => Promise<void>): {close(): void} {
  let known: string | undefined;
  let seen: string | undefined;
  let closed = false;
  const look = async () => {
    const now = (await Promise.all(files().map(signature))).join('\n');
    known ??= now;
    if (now !== known && now === seen) {
      known = now;
      await changed();
    }
    seen = now;
    if (!closed) timer = setTimeout(look, everyMs).unref();
  };
  let timer: NodeJS.Timeout;
  void look();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

async function signature(file: string): Promise<string> {
  try {
    const {mtimeNs, ctimeNs, size, ino} = await stat(file, {bigint: true});
    return `${file} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch (error) {
    return `${file} ${(error as NodeJS.ErrnoException).code}`;
  }
}
