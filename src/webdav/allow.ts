import type {Method, Protocol, Resource} from './tables.ts';

/** The Allow header (RFC 9110 §10.2.1) of a resource, or of a URL where something could be made. */
export function allowed(target: Resource | undefined, {methods}: Protocol): string {
  const can = [...methods.values()].filter(method => isAnswered(method, target));
  return can.map(({name}) => name).join(', ');
}

/** The DAV header of the same (RFC 4918 §10.1, §18): without what stands for a method that is not answered there. */
export function classes(target: Resource | undefined, {methods, tokens}: Protocol): string {
  const unanswered = [...methods.values()].filter(method => !isAnswered(method, target));
  return tokens.filter(token => !unanswered.some(method => method.token === token)).join(', ');
}

function isAnswered({supports, unmapped}: Method, target: Resource | undefined): boolean {
  return target ? (supports?.(target) ?? true) : unmapped !== undefined;
}
