import {describe, expect, test} from 'vitest';
import {computeHa1} from '../../src/accounts/password.ts';
import {digestChallenge, isDigestResponse, Nonces, parseDigest} from '../../src/http/digest.ts';

const example = (algorithm: string, response: string) =>
  `username="Mufasa",
       realm="http-auth@example.org",
       uri="/dir/index.html",
       algorithm=${algorithm},
       nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
       nc=00000001,
       cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
       qop=auth,
       response="${response}",
       opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`.replaceAll('\n', '');

describe('RFC 7616 §3.9.1: example with SHA-256 and MD5', () => {
  test.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const)('%s', (algorithm, response) => {
    const credentials = parseDigest(example(algorithm, response))!;
    expect(credentials).toMatchObject({
      username: 'Mufasa',
      realm: 'http-auth@example.org',
      uri: '/dir/index.html',
      algorithm,
      qop: 'auth',
    });
    const ha1 = computeHa1(algorithm, 'Mufasa', 'http-auth@example.org', 'Circle of Life');
    expect(isDigestResponse(credentials, ha1, 'GET')).toBe(true);
    expect(isDigestResponse(credentials, ha1, 'PUT')).toBe(false);
    expect(isDigestResponse({...credentials, nc: '00000002'}, ha1, 'GET')).toBe(false);
  });
});

describe('RFC 2617 §3.5: the older example', () => {
  test('MD5 is meant where no algorithm is named', () => {
    const credentials = parseDigest(
      'username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", qop=auth, ' +
        'nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    )!;
    const ha1 = computeHa1('MD5', 'Mufasa', 'testrealm@host.com', 'Circle Of Life');
    expect(isDigestResponse(credentials, ha1, 'GET')).toBe(true);
  });
});

describe('RFC 2069 §2.4: without qop', () => {
  test('the response has no cnonce in it', () => {
    const credentials = parseDigest(
      'username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", ' +
        'response="1949323746fe6a43ef61f9606e7febea", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    )!;
    expect(credentials.qop).toBeUndefined();
    expect(isDigestResponse(credentials, computeHa1('MD5', 'Mufasa', 'testrealm@host.com', 'CircleOfLife'), 'GET')).toBe(true);
  });
});

describe('RFC 7616 §3.4 parameters', () => {
  const needed = 'nonce="n", uri="/", response="r"';

  test.each([
    [`username="a\\"b\\\\c", ${needed}`, 'a"b\\c'],
    [`username=plain, ${needed}`, 'plain'],
    [`username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, ${needed}`, 'Jäsøn Doe'],
    [`username="${Buffer.from('jürgen').toString('latin1')}", ${needed}`, 'jürgen'],
    [`USERNAME = "a" ,${needed},`, 'a'],
  ])('%s', (header, username) => {
    expect(parseDigest(header)?.username).toBe(username);
  });

  test.each([
    '',
    'username',
    'username="a',
    `${needed}`,
    'username="a", nonce="n", uri="/"',
    `username="a", username="b", ${needed}`,
    `username="a", algorithm=MD5-sess, ${needed}`,
    `username="a", qop=auth-int, nc=00000001, cnonce="c", ${needed}`,
    `username="a", qop=auth, nc=1, cnonce="c", ${needed}`,
    `username="a", qop=auth, nc=00000001, ${needed}`,
    `username*=ISO-8859-1''a, ${needed}`,
    `username*=UTF-8''%ff, ${needed}`,
  ])('%j is not answered', header => {
    expect(parseDigest(header)).toBeUndefined();
  });
});

describe('RFC 7616 §3.3 challenge', () => {
  test('stale is said only when it is so', () => {
    expect(digestChallenge('r', 'MD5', 'n', false)).toBe('Digest realm="r", qop="auth", algorithm=MD5, nonce="n", charset=UTF-8');
    expect(digestChallenge('r', 'MD5', 'n', true)).toMatch(/, stale=true$/);
  });

  test('a nonce changed in any place is not fresh', () => {
    const nonces = new Nonces(Buffer.alloc(32, 1), () => 1_800_000_000_000);
    const nonce = nonces.issue();
    expect(nonces.findIssued(nonce)).toBe(1_800_000_000_000);
    for (let at = 0; at < nonce.length; at++) {
      const other = nonce[at] === 'A' ? 'B' : 'A';
      expect(nonces.findIssued(nonce.slice(0, at) + other + nonce.slice(at + 1))).toBeUndefined();
    }
    expect(nonces.findIssued(`${nonce}=`)).toBeUndefined();
    expect(nonces.findIssued('')).toBeUndefined();
  });

  test('no nonce is given out twice, however many are asked for at once', () => {
    const nonces = new Nonces(Buffer.alloc(32, 1), () => 1_800_000_000_000);
    expect(new Set(Array.from({length: 100}, () => nonces.issue())).size).toBe(100);
  });
});
