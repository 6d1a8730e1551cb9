import type PostalMimeType from 'postal-mime';
import type {addressParser as parser} from 'postal-mime';
import {isEmail} from './addresses.ts';

/** A message that has come by mail, as far as it matters here. */
export interface Read {
  /** From (RFC 5322 §3.6.2), the address alone; undefined where there is none or more than one. */
  readonly from: string | undefined;
  /** Every address it may have been sent to: To, Cc, Delivered-To, X-Original-To, Envelope-To. */
  readonly to: readonly string[];
  /** The iCalendar objects in it, the likeliest first, each with the METHOD that its part is said to have. */
  readonly calendars: readonly {readonly text: string; readonly method: string | undefined}[];
  /** The Authentication-Results (RFC 8601) in it, the newest first. */
  readonly authenticationResults: readonly string[];
  /** A report that messages could not be delivered (RFC 3464): their Message-IDs and why; undefined: it is none. */
  readonly bounce: {readonly messageIds: readonly string[]; readonly why: string} | undefined;
}

/** Larger ones are not looked at: a reply has a few kilobytes. */
export const maxMailBytes = 2 * 1024 * 1024;

/** Loads what reads mail; what is returned reads one message (RFC 5322, 2045). */
export async function prepareReader(): Promise<(source: Uint8Array) => Promise<Read>> {
  const {default: PostalMime, addressParser} = await import('postal-mime');
  return source => read(PostalMime, addressParser, source);
}

async function read(PostalMime: typeof PostalMimeType, addressParser: typeof parser, source: Uint8Array): Promise<Read> {
  const mail = await PostalMime.parse(source, {
    attachmentEncoding: 'arraybuffer',
    forceRfc822Attachments: true,
    maxNestingDepth: 20,
    maxHeadersSize: 256 * 1024,
  });
  const headers = (...names: string[]) => mail.headers.filter(({key}) => names.includes(key)).map(({value}) => value);
  const [from, ...others] = headers('from')
    .flatMap(value => addressParser(value, {flatten: true}))
    .map(each => each.address ?? '');
  const parts = mail.attachments.map(({mimeType, filename, method, content}) => ({
    type: mimeType.toLowerCase(),
    name: filename ?? '',
    method: method?.toUpperCase(),
    bytes: typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content),
  }));
  // One part stands there twice with many: once in the alternative, once as a file; the one that says its METHOD is meant.
  const calendars = parts
    .filter(({type, name}) => type === 'text/calendar' || type === 'application/ics' || /\.ics$/i.test(name))
    .sort((a, b) => Number(b.method !== undefined) - Number(a.method !== undefined))
    .map(({bytes, method}) => ({text: new TextDecoder().decode(bytes), method}));
  return {
    from: others.length === 0 && from && isEmail(from) ? from : undefined,
    to: [
      ...[...(mail.to ?? []), ...(mail.cc ?? [])].flatMap(one => one.group?.map(each => each.address) ?? [one.address]),
      ...headers('delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to'),
    ].flatMap(address => (address ? [address.trim().replace(/^<|>$/g, '')] : [])),
    calendars,
    authenticationResults: headers('authentication-results'),
    bounce: bounceIn(parts),
  };
}

/** RFC 3464: a message/delivery-status with an Action of `failed`, and the header of what was not delivered. */
function bounceIn(parts: readonly {type: string; bytes: Uint8Array}[]): Read['bounce'] {
  const text = (type: RegExp) =>
    parts
      .filter(part => type.test(part.type))
      .map(({bytes}) => new TextDecoder().decode(bytes))
      .join('\n');
  const status = text(/^message\/(global-)?delivery-status$/);
  if (!/^Action:[ \t]*failed/im.test(status)) return undefined;
  const original = text(/^(message\/(rfc822|global)(-headers)?|text\/rfc822-headers)$/);
  const messageIds = [...original.matchAll(/^Message-ID:\s*<([^<>\s]{1,250})>/gim)].map(([, id]) => id!);
  const why = /^(?:Diagnostic-Code|Status):[ \t]*(.{1,300})/im.exec(status)?.[1] ?? 'it could not be delivered';
  return {messageIds, why: why.trim()};
}
