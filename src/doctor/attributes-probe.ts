import {randomUUID} from 'node:crypto';
import {rename, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {withTemporary} from '../base/traces.ts';
import {nativeAttributes} from '../store/file/native-attributes.ts';
import {adviseAttributes} from './advice.ts';
import {findMount, type Mount, nearestExisting} from './mounts.ts';

/** What was tried, in this order; each rests on the ones before it. */
export type AttributeStep = 'write' | 'set' | 'get' | 'list' | 'replace' | 'rename' | 'remove';

/** What extended attributes do in a folder. */
export interface AttributesReport {
  readonly folder: string;
  /** Where it was tried: the folder, or the nearest parent of it that exists. */
  readonly probed: string;
  readonly mount: Mount | undefined;
  /** Whether every step worked. */
  readonly works: boolean;
  /** What worked. */
  readonly steps: readonly AttributeStep[];
  /** What did not, and the system's name for the error (`ENOTSUP`; `MODULE` where fs-xattr cannot be loaded). */
  readonly failed: {readonly step: AttributeStep | 'load'; readonly code: string; readonly message: string} | undefined;
  /** The longest single value that could be set, measured up to 64 KiB. */
  readonly largestValueBytes: number;
  /** Names and values of one file together, measured up to 256 KiB. */
  readonly totalBytes: number;
  /** What a person can type to see the same. */
  readonly commands: {readonly set: string; readonly get: string};
  /** A sentence, and what to do; empty where all works. */
  readonly problem: string;
  readonly fix: string;
}

type Xattr = typeof import('fs-xattr');

const prefix = process.platform === 'linux' ? 'user.' : '';
const name = `${prefix}WebDAV:{DAV:}displayname`;
const largestMeasured = 64 * 1024;
const mostMeasured = 256 * 1024;

/**
 * Tries extended attributes on a temporary file in `folder`, or in the nearest parent of it that exists, as the account this process
 * runs as. The file is gone afterwards. Never throws for what it finds: that is in the report.
 */
export async function probeAttributes(folder: string): Promise<AttributesReport> {
  const probed = await nearestExisting(folder).catch(() => folder);
  const mount = await findMount(probed).catch(() => undefined);
  const steps: AttributeStep[] = [];
  const about = {folder, probed, mount, steps, commands: commands(probed)};
  const nothing = {works: false, largestValueBytes: 0, totalBytes: 0};

  const {module: xattr, problem} = nativeAttributes;
  if (!xattr) {
    const message = firstLine(problem);
    return {...about, ...nothing, failed: {step: 'load', code: 'MODULE', message}, ...missingModule(message)};
  }

  let step: AttributeStep = 'write';
  try {
    return await withTemporary(join(probed, `.caldav-doctor-${randomUUID()}`), async file => {
      const done = (next: AttributeStep) => {
        steps.push(step);
        step = next;
      };
      await writeFile(file, 'caldav doctor\n', {flag: 'wx', mode: 0o600});
      done('set');
      await xattr.setAttribute(file, name, 'probe');
      done('get');
      expect((await xattr.getAttribute(file, name)).toString(), 'probe');
      done('list');
      expect((await xattr.listAttributes(file)).includes(name), true);
      done('replace');
      await xattr.setAttribute(file, name, 'probe, longer');
      expect((await xattr.getAttribute(file, name)).toString(), 'probe, longer');
      done('rename');
      await withTemporary(`${file}-renamed`, async renamed => {
        await rename(file, renamed);
        expect((await xattr.getAttribute(renamed, name)).toString(), 'probe, longer');
        await rename(renamed, file);
      });
      done('remove');
      await xattr.removeAttribute(file, name);
      expect((await xattr.listAttributes(file)).includes(name), false);
      steps.push(step);
      const largestValueBytes = await largestValue(xattr, file);
      const totalBytes = await total(xattr, file, largestValueBytes);
      return {...about, works: true, failed: undefined, largestValueBytes, totalBytes, problem: '', fix: ''};
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'LOST';
    return {...about, ...nothing, failed: {step, code, message: firstLine(error)}, ...advise(mount, probed, step, code)};
  }
}

function advise(mount: Mount | undefined, folder: string, step: AttributeStep, code: string) {
  const advised = adviseAttributes(mount, folder, code);
  return step === 'write' || step === 'set'
    ? advised
    : {...advised, problem: `${advised.problem} (the step that failed: ${step})`};
}

/** What to type when the native module is not there: it is optional, so npm installs without it where it cannot be built. */
export function missingModule(message: string): {problem: string; fix: string} {
  const tools =
    process.platform === 'darwin'
      ? '`xcode-select --install`'
      : '`apt-get install build-essential python3` on Debian, `dnf install gcc-c++ make python3` on Fedora';
  return {
    problem: `the native module fs-xattr, which reads and writes extended attributes, cannot be loaded (${message})`,
    fix: `install a C compiler, make and Python 3 (${tools}), then type \`npm run build\` in the program's folder`,
  };
}

/** As setfattr and getfattr (Debian package attr) or macOS's xattr would set and show it. */
function commands(folder: string) {
  const file = quoted(`${folder}/FILE`);
  return process.platform === 'linux'
    ? {set: `setfattr -n '${name}' -v VALUE ${file}`, get: `getfattr -d -m 'WebDAV:' ${file}`}
    : {set: `xattr -w '${name}' VALUE ${file}`, get: `xattr -l ${file}`};
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function expect(found: unknown, wanted: unknown) {
  if (found !== wanted)
    throw new Error(`the attribute came back as ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}

async function largestValue(xattr: Xattr, file: string): Promise<number> {
  const size = await largest(largestMeasured, bytes => tryToSet(xattr, file, name, bytes));
  await xattr.removeAttribute(file, name).catch(() => undefined);
  return size;
}

/** Fills the file with attributes until no more go in, then finds what the last one could still take. */
async function total(xattr: Xattr, file: string, largestValueBytes: number): Promise<number> {
  const chunk = Math.min(1024, largestValueBytes);
  let bytes = 0;
  for (let number = 0; bytes < mostMeasured; number++) {
    const next = `${prefix}WebDAV:{DAV:}probe-${number}`;
    const size = (await tryToSet(xattr, file, next, chunk))
      ? chunk
      : await largest(chunk, length => tryToSet(xattr, file, next, length));
    if (size > 0) bytes += Buffer.byteLength(next) + size;
    if (size < chunk) break;
  }
  return bytes;
}

async function tryToSet(xattr: Xattr, file: string, attribute: string, bytes: number): Promise<boolean> {
  return xattr.setAttribute(file, attribute, Buffer.alloc(bytes, 'x')).then(
    () => true,
    () => false,
  );
}

/** The largest number up to `most` for which `fits` holds, 0 if none. */
async function largest(most: number, fits: (size: number) => Promise<boolean>): Promise<number> {
  if (await fits(most)) return most;
  let low = 0;
  let high = most;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (await fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}
