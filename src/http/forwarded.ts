import type {IncomingHttpHeaders} from 'node:http';
import {BlockList, isIP} from 'node:net';

/** Who asked, and whether their side of the connection is TLS. */
export interface Client {
  readonly address: string;
  readonly secure: boolean;
}

/** The proxies whose word is taken, from addresses and CIDR blocks. Throws RangeError for what is neither. */
export function trustedProxies(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of addresses) {
    const [address = '', prefix] = entry.trim().split('/');
    const version = isIP(address);
    if (version === 0) throw new RangeError(`${JSON.stringify(entry)} is neither an address nor a CIDR block`);
    const family = version === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/**
 * The client behind trusted proxies: X-Forwarded-For and X-Forwarded-Proto, or else RFC 7239 Forwarded. In this order, as the usual
 * proxies write the former and hand on a Forwarded that the client has made up itself. The list is read from its end,
 * where the nearest proxy wrote; the first address that is not itself a trusted proxy is the client's, for whatever stands before it
 * the client may have written itself. A peer that is not trusted is the client.
 */
export function clientOf(peer: Client, headers: IncomingHttpHeaders, trusted: BlockList): Client {
  const direct: Client = {...peer, address: plain(peer.address)};
  if (!isTrusted(direct.address, trusted)) return direct;
  const legacy = legacyHops(headers);
  const hops = legacy.length === 0 && headers.forwarded !== undefined ? forwardedHops(headers.forwarded) : legacy;
  let client = direct;
  for (const {address, proto} of hops.reverse()) {
    const secure = proto === undefined ? client.secure : proto === 'https';
    client = {address: address === undefined ? client.address : address, secure};
    if (address === undefined || !isTrusted(address, trusted)) break;
  }
  return client;
}

interface Hop {
  readonly address: string | undefined;
  readonly proto: string | undefined;
}

function forwardedHops(header: string): Hop[] {
  return header.split(',').map(element => {
    const pairs = new Map(
      element.split(';').map(pair => {
        const at = pair.indexOf('=');
        return [
          pair.slice(0, at).trim().toLowerCase(),
          pair
            .slice(at + 1)
            .trim()
            .replace(/^"(.*)"$/, '$1'),
        ];
      }),
    );
    return {address: addressIn(pairs.get('for')), proto: pairs.get('proto')?.toLowerCase()};
  });
}

function legacyHops(headers: IncomingHttpHeaders): Hop[] {
  const list = (name: string) =>
    String(headers[name] ?? '')
      .split(',')
      .map(part => part.trim())
      .filter(Boolean);
  const protos = list('x-forwarded-proto');
  const addresses = list('x-forwarded-for');
  if (addresses.length === 0) return protos.length === 0 ? [] : [{address: undefined, proto: protos.at(-1)!.toLowerCase()}];
  return addresses.map((value, at) => ({
    address: addressIn(value),
    // One value speaks for all: most proxies send the scheme once however many addresses there are.
    proto: (protos.length === addresses.length ? protos[at] : protos.at(-1))?.toLowerCase(),
  }));
}

/** The address in a node identifier (RFC 7239 §6), which may be in brackets and have a port; undefined where it hides itself. */
function addressIn(node: string | undefined): string | undefined {
  if (node === undefined) return undefined;
  const bare = /^\[([^\]]+)\]/.exec(node)?.[1] ?? (isIP(node) === 0 ? node.replace(/:\d+$/, '') : node);
  return isIP(bare) === 0 ? undefined : plain(bare);
}

/** An IPv4 address written as IPv6 (`::ffff:192.0.2.1`), as sockets that listen on both have it, as the IPv4 address. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}

function isTrusted(address: string, trusted: BlockList): boolean {
  const version = isIP(address);
  return version !== 0 && trusted.check(address, version === 6 ? 'ipv6' : 'ipv4');
}
