import type {DavRequest, Method, Protocol} from './tables.ts';

/** Where something is asked for: what is there, or else whether it lies in a home, where something could be made. */
type Place = Pick<DavRequest, 'target'> & Partial<Pick<DavRequest, 'path'>>;

/** The Allow header (RFC 9110 §10.2.1). */
export function allowed(place: Place, {methods}: Protocol): string {
  const can = [...methods.values()].filter(method => isAnswered(method, place));
  return can.map(({name}) => name).join(', ');
}

/** The DAV header (RFC 4918 §10.1, §18): without what stands for a method that is not answered there. */
export function classes(place: Place, {methods, tokens}: Protocol): string {
  const unanswered = [...methods.values()].filter(method => !isAnswered(method, place));
  return tokens.filter(token => !unanswered.some(method => method.token === token)).join(', ');
}

function isAnswered({supports, unmapped, writes}: Method, {target, path}: Place): boolean {
  if (target) return supports?.(target) ?? true;
  return unmapped !== undefined && (path !== undefined || !writes);
}
