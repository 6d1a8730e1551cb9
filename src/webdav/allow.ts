import type {Protocol, Resource} from './tables.ts';

/** The Allow header of a resource (RFC 9110 §10.2.1). */
export function allowed(target: Resource, {methods}: Protocol): string {
  return [...methods.values()]
    .filter(({supports}) => supports?.(target) ?? true)
    .map(({name}) => name)
    .join(', ');
}
