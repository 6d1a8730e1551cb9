import {describe, expect, test} from 'vitest';
import {
  computeHa1,
  generatePassword,
  hashPassword,
  isPasswordHash,
  sameSecret,
  verifyNothing,
  verifyPassword,
} from '../../src/accounts/password.ts';
import {weakness} from '../../src/accounts/weak.ts';

describe('RFC 9106 argon2id', () => {
  test('a hash is a PHC string, salted, and verifies its own password only', async () => {
    const [hash, again] = await Promise.all([hashPassword('corr\u00e9ct horse'), hashPassword('corr\u00e9ct horse')]);
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(again).not.toBe(hash);
    expect(await verifyPassword(hash, 'corr\u00e9ct horse')).toBe(true);
    expect(await verifyPassword(hash, 'corre\u0301ct horse')).toBe(true);
    expect(await verifyPassword(hash, 'correct horse')).toBe(false);
    expect(await verifyPassword(hash, '')).toBe(false);
  });

  test('a hash that another implementation made is read', async () => {
    // argon2 of the reference implementation: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32
    const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await verifyPassword(hash, 'password')).toBe(true);
    expect(await verifyPassword(hash, 'Password')).toBe(false);
  });

  test.each([
    '',
    'secret',
    '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=65536,t=2,p=1$c29t$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFh',
  ])('%j is no hash, and nobody’s password', async hash => {
    expect(isPasswordHash(hash)).toBe(false);
    expect(await verifyPassword(hash, 'password')).toBe(false);
    expect(await verifyPassword(hash, hash)).toBe(false);
  });

  test('a name that nobody has costs about what a wrong password costs', async () => {
    const hash = await hashPassword('x');
    const fastest = async (work: () => Promise<unknown>) => {
      let least = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 5; round++) {
        const start = performance.now();
        await work();
        least = Math.min(least, performance.now() - start);
      }
      return least;
    };
    const ratio = (await fastest(() => verifyNothing('y'))) / (await fastest(() => verifyPassword(hash, 'y')));
    expect(ratio).toBeGreaterThan(0.1);
    expect(ratio).toBeLessThan(10);
  });
});

describe('passwords', () => {
  test('generated ones differ, are strong and have no look-alikes', () => {
    const some = Array.from({length: 200}, generatePassword);
    expect(new Set(some).size).toBe(200);
    for (const password of some) {
      expect(password).toMatch(/^[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){3}$/);
      expect(weakness(password)).toBeUndefined();
    }
  });

  test.each([
    '',
    'short',
    'aaaaaaaaaa',
    'abababab',
    '12345678',
    '20240131',
    'abcdefgh',
    'qwertzui',
    'zyxwvuts',
    'password',
    'Passw0rd!',
    'welcome2024',
    'ann.smith1',
    'annsmith',
    'Smith!ann',
  ])('%j is weak', password => {
    expect(weakness(password, ['ann.smith', 'Ann Smith'])).toBeDefined();
  });

  test.each(['correct horse battery', 'tr0ub4dor&3', 'xK9#mq2!vL', 'p\u00e4sse-partout', 'ann likes the sea', '481516234248'])(
    '%j will do',
    password => {
      expect(weakness(password, ['ann.smith', 'Ann Smith'])).toBeUndefined();
    },
  );

  test('secrets are compared whole', () => {
    expect(sameSecret('a', 'a')).toBe(true);
    expect(sameSecret('a', 'ab')).toBe(false);
    expect(sameSecret('', 'a')).toBe(false);
  });

  test('RFC 7616 §3.9.1: HA1', () => {
    expect(computeHa1('MD5', 'Mufasa', 'http-auth@example.org', 'Circle of Life')).toBe('3d78807defe7de2157e2b0b6573a855f');
  });
});
