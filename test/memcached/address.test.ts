import {expect, test} from 'vitest';
import {isOwnMachine, parseAddress, printAddress} from '../../src/memcached/address.ts';

test.each([
  ['192.0.2.1', '192.0.2.1', 11_211],
  ['192.0.2.1:11212', '192.0.2.1', 11_212],
  ['cache.example.com:1', 'cache.example.com', 1],
  ['[2001:db8::1]:5', '2001:db8::1', 5],
  ['2001:db8::1', '2001:db8::1', 11_211],
])('%s is an address', (text, host, port) => {
  expect(parseAddress(text)).toEqual({host, port});
  expect(parseAddress(printAddress({host, port}))).toEqual({host, port});
});

test.each(['', ':11211', 'a:b', 'a:0', 'a:65536', 'a b', '/run/memcached.sock', '[::1', 'memcache://a'])('%j is none', text => {
  expect(parseAddress(text)).toBeUndefined();
});

test.each([
  ['127.0.0.1', true],
  ['127.5.5.5', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.0.2.1', false],
  ['cache.example.com', false],
])('%s is this machine’s own: %s', (host, own) => {
  expect(isOwnMachine({host})).toBe(own);
});
