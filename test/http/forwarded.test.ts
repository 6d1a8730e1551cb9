import {describe, expect, test} from 'vitest';
import {clientOf, trustedProxies} from '../../src/http/forwarded.ts';

const trusted = trustedProxies(['127.0.0.1', '10.0.0.0/8', '2001:db8::/32']);
const direct = {address: '127.0.0.1', secure: false};

describe('RFC 7239 Forwarded, and X-Forwarded-*', () => {
  test.for([
    ['nothing forwarded', {}, '127.0.0.1', false],
    ['Forwarded', {forwarded: 'for=192.0.2.7;proto=https;by=10.0.0.1'}, '192.0.2.7', true],
    ['IPv6 with a port, quoted', {forwarded: 'For="[2001:DB7::1]:4711"; Proto=HTTPS'}, '2001:DB7::1', true],
    ['IPv4 with a port', {forwarded: 'for="192.0.2.7:80"'}, '192.0.2.7', false],
    ['an identifier that hides itself', {forwarded: 'for=_hidden;proto=https'}, '127.0.0.1', true],
    ['several proxies', {forwarded: 'for=1.1.1.1, for=192.0.2.7;proto=https, for=10.1.1.1'}, '192.0.2.7', true],
    ['X-Forwarded-For goes before Forwarded', {forwarded: 'for=127.0.0.1', 'x-forwarded-for': '192.0.2.8'}, '192.0.2.8', false],
    ['so does X-Forwarded-Proto', {forwarded: 'for=1.1.1.1;proto=https', 'x-forwarded-proto': 'http'}, '127.0.0.1', false],
    ['X-Forwarded-For', {'x-forwarded-for': '1.1.1.1, 192.0.2.7, 10.0.0.1', 'x-forwarded-proto': 'https'}, '192.0.2.7', true],
    ['X-Forwarded-Proto alone', {'x-forwarded-proto': 'https'}, '127.0.0.1', true],
    ['rubbish', {forwarded: ';;=,,for', 'x-forwarded-for': 'x'}, '127.0.0.1', false],
  ] as const)('%s', ([, headers, address, secure]) => {
    expect(clientOf(direct, headers, trusted)).toEqual({address, secure});
  });

  test('whoever is not trusted is the client, whatever they say', () => {
    const peer = {address: '::ffff:192.0.2.9', secure: false};
    expect(clientOf(peer, {forwarded: 'for=1.1.1.1;proto=https'}, trusted)).toEqual({address: '192.0.2.9', secure: false});
  });

  test('what is no address is no proxy', () => {
    expect(() => trustedProxies(['localhost'])).toThrow(RangeError);
    expect(() => trustedProxies(['10.0.0.0/99'])).toThrow();
  });
});
