import {randomBytes} from 'node:crypto';
import {linkSync, readFileSync, rmSync, writeFileSync} from 'node:fs';

const length = 32;

/**
 * A secret of the server, kept in a file that only its account can read, so that all its processes have the same, and after a restart
 * still. Makes the file where there is none.
 */
export function readSecret(file: string): Uint8Array {
  for (;;) {
    const key = find(file);
    if (key) return key;
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, randomBytes(length), {mode: 0o600});
    try {
      linkSync(temporary, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(temporary);
    }
  }
}

/** A file of another length was cut off or is somebody else's; it is made anew. */
function find(file: string): Uint8Array | undefined {
  try {
    const key = readFileSync(file);
    if (key.length === length) return key;
    rmSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return undefined;
}
