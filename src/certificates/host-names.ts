import {hostname, networkInterfaces} from 'node:os';

/**
 * All names by which clients may reach this machine, for a certificate: the one people are told first, then the machine's own, then
 * its addresses. Link-local addresses are left out, since they hold for one cable only.
 */
export function hostNames(first: string): string[] {
  const own = hostname();
  const addresses = Object.values(networkInterfaces()).flatMap(list => list ?? []);
  const outside = addresses.filter(({internal, address}) => !internal && !/^(fe80:|169\.254\.)/i.test(address));
  const local = own.includes('.') ? [] : [`${own}.local`]; // as Apple's and Avahi's multicast DNS (RFC 6762) call it
  return [...new Set([first, own, ...local, 'localhost', '127.0.0.1', '::1', ...outside.map(({address}) => address)])].filter(
    isName,
  );
}

/** RFC 1123 §2.1, the underscore that some machines have, and what an address is made of: what a certificate can hold. */
function isName(name: string): boolean {
  return /^[a-z0-9_:]([a-z0-9_.:-]{0,251}[a-z0-9:])?$/i.test(name);
}
