import {BlockList, isIP} from 'node:net';

/** Where a memcached listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const usualPort = 11_211;

/** `cache.example.com:11211`, `192.0.2.1`, `[2001:db8::1]:11211`; undefined where it is none of these. */
export function parseAddress(text: string): Address | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]\s/]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = isIP(text) === 6 ? text : (bracketed ?? plain);
  const port = digits === undefined ? usualPort : Number(digits);
  return host && port > 0 && port < 65_536 ? {host, port} : undefined;
}

export function printAddress({host, port}: Address): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

const ownMachine = new BlockList();
ownMachine.addSubnet('127.0.0.0', 8, 'ipv4');
ownMachine.addAddress('::1', 'ipv6');

/** Whether only this machine can reach what listens there. */
export function isOwnMachine({host}: Pick<Address, 'host'>): boolean {
  const family = isIP(host);
  return family === 0 ? host === 'localhost' : ownMachine.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
