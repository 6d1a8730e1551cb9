import {normalAddress} from '../../itip/address.ts';

/** The e-mail address of a `mailto:` calendar address; undefined where it is none that mail can reach. */
export function emailIn(address: string): string | undefined {
  const email = /^mailto:(.*)$/.exec(normalAddress(address))?.[1];
  return email !== undefined && isEmail(email) ? email : undefined;
}

/** Whether a text can stand as one address in a header and an SMTP command: nothing in it ends either. */
export function isEmail(text: string): boolean {
  return text.length <= 254 && /^[^\s@<>(),;:"\\[\]\p{Cc}]{1,64}@[^\s@<>(),;:"\\[\]\p{Cc}]+$/u.test(text);
}

/** The server's address with a token: `server+TOKEN@example.com`, whose answers the mail server hands to `server`. */
export function addressWithToken(own: string, token: string): string {
  const at = own.lastIndexOf('@');
  return `${own.slice(0, at)}+${token}${own.slice(at)}`;
}

/** The token in one of the server's addresses; undefined where it is another's, or has none. */
export function tokenIn(own: string, address: string): string | undefined {
  const [ours, theirs] = [own.toLowerCase(), address.trim().toLowerCase()];
  const at = ours.lastIndexOf('@');
  const [prefix, domain] = [`${ours.slice(0, at)}+`, ours.slice(at)];
  if (!theirs.startsWith(prefix) || !theirs.endsWith(domain)) return undefined;
  const token = theirs.slice(prefix.length, theirs.length - domain.length);
  return /^[a-z0-9]{16,64}$/.test(token) ? token : undefined;
}

/** Whether an address is the server's own, with a token or without. */
export function isOwn(own: string, address: string): boolean {
  return address.toLowerCase() === own.toLowerCase() || tokenIn(own, address) !== undefined;
}

/**
 * Whether two e-mail addresses are one person's mailbox, as people write them: case, sub-addresses (`bob+calendar@`), the two names of
 * Google's domain and, there, dots.
 */
export function isSameMailbox(a: string, b: string): boolean {
  return mailboxOf(a) === mailboxOf(b);
}

function mailboxOf(email: string): string {
  const lower = email.trim().toLowerCase();
  const at = lower.lastIndexOf('@');
  const domain = lower.slice(at + 1).replace(/^googlemail\.com$/, 'gmail.com');
  const local = lower.slice(0, Math.max(at, 0)).replace(/(?<=.)\+.*$/, '');
  return `${domain === 'gmail.com' ? local.replaceAll('.', '') : local}@${domain}`;
}
