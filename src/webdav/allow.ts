import type {Protocol, Resource} from './tables.ts';

/** The Allow header (RFC 9110 §10.2.1) of a resource, or of a URL where something could be made. */
export function allowed(target: Resource | undefined, {methods}: Protocol): string {
  const rows = [...methods.values()];
  const can = target
    ? rows.filter(({supports}) => supports?.(target) ?? true)
    : rows.filter(({unmapped}) => unmapped !== undefined);
  return can.map(({name}) => name).join(', ');
}

/** The DAV header (RFC 4918 §10.1, §18). */
export function classes({tokens}: Protocol): string {
  return tokens.join(', ');
}
