import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {UserError} from '../base/user-error.ts';

/**
 * The file that a script means by `Resource/…`: looked for in the script's folder, then in those above it. Throws UserError where
 * there is none.
 */
export function findDataFile(script: string, filepath: string): string {
  for (let folder = dirname(script); ; folder = dirname(folder)) {
    const file = join(folder, filepath);
    if (existsSync(file)) return file;
    if (folder === dirname(folder)) break;
  }
  throw new UserError(
    `${script} names ${filepath}, which lies neither beside it nor in a folder above.`,
    'Bring the file there.',
  );
}

/** The bytes of a file, or of the file of that number in a folder; undefined where there are not so many. */
export function readDataFile(file: string, number = 0): Uint8Array | undefined {
  if (!statSync(file).isDirectory()) return readFileSync(file);
  const name = readdirSync(file)
    .filter(one => !one.startsWith('.'))
    .sort()[number];
  return name === undefined ? undefined : readFileSync(join(file, name));
}

/** Text that may not be UTF-8 is filled byte for byte. */
export function fillBytes(bytes: Uint8Array, fill: (text: string) => string): Buffer {
  const buffer = Buffer.from(bytes);
  const text = buffer.toString('utf8');
  return Buffer.from(text, 'utf8').equals(buffer)
    ? Buffer.from(fill(text), 'utf8')
    : Buffer.from(fill(buffer.toString('latin1')), 'latin1');
}
