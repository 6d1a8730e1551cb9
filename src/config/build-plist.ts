import {createRequire} from 'node:module';
import {fileURLToPath} from 'node:url';
import type {PlistValue} from 'plist';

const require = createRequire(import.meta.url);

/** A property list in XML (plist(5)). The package has some forty modules: only a process that writes one loads them. */
export function buildPlist(value: PlistValue): string {
  // It names itself for `import` alone, which would wait.
  const {build} = require(fileURLToPath(import.meta.resolve('plist'))) as typeof import('plist');
  return `${build(value)}\n`;
}
