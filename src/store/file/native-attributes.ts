import {UserError} from '../../base/user-error.ts';

/**
 * fs-xattr is built by a compiler on the machine it runs on, so it may be missing. Looked for as soon as this file is imported: a process
 * that has become another account may not be able to read it any more.
 */
export const nativeAttributes = await import('fs-xattr').then(
  module => ({module, problem: ''}),
  (error: unknown) => ({module: undefined, problem: error instanceof Error ? error.message : String(error)}),
);

/** The native module for extended attributes. Throws UserError where it was not built or does not fit this Node. */
export function requireNativeAttributes(): typeof import('fs-xattr') {
  if (nativeAttributes.module) return nativeAttributes.module;
  throw new UserError(
    `The native module fs-xattr, which reads and writes extended attributes, cannot be loaded: ${nativeAttributes.problem.split('\n')[0]}`,
    'Install what builds it (Debian and Ubuntu: apt install python3 make g++; macOS: xcode-select --install) and type in the program’s folder: npm run build',
  );
}
