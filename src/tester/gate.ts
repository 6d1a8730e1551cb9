import type {Gate} from './script.ts';

/** Why a gate is shut for a server with these features; undefined: it is open. */
export function shutBy({require, exclude}: Gate, features: ReadonlySet<string>): string | undefined {
  const missing = require.filter(feature => !features.has(feature));
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  const unwanted = exclude.filter(feature => features.has(feature));
  return unwanted.length > 0 ? `not with ${unwanted.join(', ')}` : undefined;
}
