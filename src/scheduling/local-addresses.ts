import {normalAddress} from '../itip/address.ts';

/** What the plist says of addresses that are this server's own. */
export interface LocalAddresses {
  readonly emailDomain: string;
  readonly httpDomain: string;
  readonly addressPatterns: readonly RegExp[];
}

/** Whether an address is an account's here, or nobody's: mail does not go to it. Domains are meant with all below them. */
export function isLocalAddress(address: string, {emailDomain, httpDomain, addressPatterns}: LocalAddresses): boolean {
  const normal = normalAddress(address);
  const [, email] = /^mailto:.*@([^@]+)$/.exec(normal) ?? [];
  const [, host] = /^https?:\/\/([^/:?#]+)/.exec(normal) ?? [];
  return isWithin(email, emailDomain) || isWithin(host, httpDomain) || addressPatterns.some(pattern => pattern.test(normal));
}

function isWithin(domain: string | undefined, above: string): boolean {
  const lower = above.toLowerCase();
  return lower !== '' && (domain === lower || domain?.endsWith(`.${lower}`) === true);
}
