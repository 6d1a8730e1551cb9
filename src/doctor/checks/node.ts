import {missingModule} from '../attributes-probe.ts';
import {type Check, type CheckResult, fail, ok} from '../check.ts';

/** The runtime: Node 24 with what it brings, and the one module that must be built. */
export const node: Check = {
  name: 'node',
  what: 'Node.js and modules',
  async run() {
    return [checkVersion(process.versions.node), await checkModule()];
  },
};

/** `node:sqlite` without a flag and crypto.argon2 came with 24. */
export function checkVersion(version: string): CheckResult {
  const major = Number(version.split('.')[0]);
  if (major >= 24) return ok(`Node.js ${version}`, {version});
  return fail(
    `Node.js ${version} is too old: 24 or newer is needed`,
    'type `npm install` in the folder of the program, which brings its own, or install Node.js 24 from https://nodejs.org',
    {version},
  );
}

async function checkModule(): Promise<CheckResult> {
  try {
    await import('fs-xattr');
    return ok('the native module fs-xattr is built and loads');
  } catch (error) {
    const {problem, fix} = missingModule(String((error as Error).message).split('\n')[0]!);
    return fail(problem, fix);
  }
}
