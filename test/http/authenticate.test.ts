import {createHash} from 'node:crypto';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parseDirectory} from '../../src/accounts/load.ts';
import {computeHa1} from '../../src/accounts/password.ts';
import type {Directory} from '../../src/accounts/principal.ts';
import {silent} from '../../src/base/log.ts';
import {type AuthenticatorOptions, createAuthenticator} from '../../src/http/authenticate.ts';
import type {HttpRequest} from '../../src/http/message.ts';
import {HttpRefusal} from '../../src/http/refusal.ts';
import {sharedMap} from '../support/shared-memory.ts';

const accounts = (annsPassword = 'secret', realm = 'Home "calendars"') =>
  parseDirectory(
    `<accounts realm="${realm.replaceAll('"', '&quot;')}">
      <user><uid>ann</uid><password>${annsPassword}</password><email-address>ann@example.com</email-address></user>
      <user><uid>bob</uid><password>with:colons: in it</password></user>
      <user><uid>jürgen</uid><password>grüße</password></user>
      <user><uid>hash</uid><ha1 algorithm="SHA-256">${computeHa1('SHA-256', 'hash', realm, 'stored')}</ha1></user>
    </accounts>`,
    'f',
  );

/** A directory that counts how often it verifies. */
function counting(directory: Directory): Directory & {verified: number} {
  const counted = {
    ...directory,
    verified: 0,
    verify(uid: string, password: string) {
      counted.verified++;
      return directory.verify(uid, password);
    },
  };
  return counted;
}

function make(options: Partial<AuthenticatorOptions> = {}) {
  return createAuthenticator({
    directory: () => accounts(),
    basic: {enabled: true, allowedOverWireUnencrypted: false},
    digest: {enabled: false, algorithms: []},
    log: silent,
    ...options,
  });
}

function request(authorization?: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'PROPFIND',
    path: '/calendars/users/ann/',
    query: '',
    headers: authorization === undefined ? {} : {authorization},
    body: new Uint8Array(),
    address: '192.0.2.1',
    secure: true,
    ...more,
  };
}

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

async function refusal(work: Promise<unknown>): Promise<HttpRefusal> {
  const error = await work.then(
    () => undefined,
    thrown => thrown,
  );
  expect(error).toBeInstanceOf(HttpRefusal);
  return error;
}

describe('RFC 7617 Basic', () => {
  const authenticator = make();

  test('no credentials: nobody, and no refusal', async () => {
    expect(await authenticator.authenticate(request())).toBeUndefined();
  });

  test.each([
    [basic('ann:secret'), 'ann'],
    [basic('ann:secret').replace('Basic', 'bAsIc'), 'ann'],
    [basic('ann:secret').replace(' ', '   '), 'ann'],
    [basic('ann@example.com:secret'), 'ann'],
    [basic('ann%40example.com:secret'), 'ann'],
    [basic('bob:with:colons: in it'), 'bob'],
    [basic('jürgen:grüße'), 'jürgen'],
    [basic('ju\u0308rgen:gru\u0308ße'), 'jürgen'],
    [`Basic ${Buffer.from('jürgen:grüße', 'latin1').toString('base64')}`, 'jürgen'],
    [basic('hash:stored'), 'hash'],
  ])('%s logs in', async (header, uid) => {
    expect((await authenticator.authenticate(request(header)))?.uids[0]).toBe(uid);
  });

  test.each([
    basic('ann:wrong'),
    basic('ann:'),
    basic(':'),
    basic('nobody:secret'),
    basic('ann'),
    'Basic',
    'Basic ',
    'Basic %%%',
    'Basic \u0000',
    basic('ann\0:secret'),
    'Bearer abc',
    'Negotiate',
    'Digest username="ann"',
    '',
    ' ',
  ])('%j is refused with the challenge', async header => {
    const {status, headers} = await refusal(authenticator.authenticate(request(header)));
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toEqual(['Basic realm="Home \\"calendars\\"", charset="UTF-8"']);
  });

  test('the challenge is the same for every method, path and mistake', () => {
    for (const method of ['OPTIONS', 'GET', 'PROPFIND', 'MKCALENDAR']) {
      for (const header of [undefined, 'Basic', basic('ann:wrong'), 'Bearer x']) {
        expect(authenticator.challenges(request(header, {method, path: '/'}))).toEqual([
          'Basic realm="Home \\"calendars\\"", charset="UTF-8"',
        ]);
      }
    }
  });

  test('whatever stands in the header, it is a refusal or an account', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('Basic ', 'Digest ', ''), fc.string({unit: 'binary'}), async (scheme, text) => {
        const all = make({digest: {enabled: true, algorithms: ['MD5', 'SHA-256']}});
        await all.authenticate(request(scheme + text)).catch(error => expect(error).toBeInstanceOf(HttpRefusal));
      }),
      {numRuns: 40},
    );
  });
});

describe('passwords over clear HTTP', () => {
  const remote = {secure: false, address: '192.0.2.1'};

  test('are refused from another machine, with a text that says what to do', async () => {
    for (const header of [basic('ann:secret'), basic('ann:wrong'), undefined]) {
      const {status, message} = await refusal(make().authenticate(request(header, remote)));
      expect(status).toBe(403);
      expect(message).toContain('https://');
    }
  });

  test.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('are accepted from %s', async address => {
    const local = request(basic('ann:secret'), {secure: false, address});
    expect((await make().authenticate(local))?.uids[0]).toBe('ann');
    expect(make().challenges(local)).toHaveLength(1);
  });

  test.each(['128.0.0.1', '::2', 'fe80::1', '::ffff:10.0.0.1', ''])('are not accepted from %j', async address => {
    expect((await refusal(make().authenticate(request(basic('ann:secret'), {secure: false, address})))).status).toBe(403);
  });

  test('are accepted where the plist says so', async () => {
    const open = make({basic: {enabled: true, allowedOverWireUnencrypted: true}});
    expect((await open.authenticate(request(basic('ann:secret'), remote)))?.uids[0]).toBe('ann');
  });

  test('Digest alone is offered where Basic may not be', async () => {
    const both = make({digest: {enabled: true, algorithms: ['MD5']}});
    expect(await both.authenticate(request(undefined, remote))).toBeUndefined();
    expect(both.challenges(request(undefined, remote)).map(challenge => challenge.split(' ')[0])).toEqual(['Digest']);
    expect(both.challenges(request()).map(challenge => challenge.split(' ')[0])).toEqual(['Digest', 'Basic']);
  });
});

const one = {};

describe.each([
  ['on connections of their own', () => ({})],
  ['on one connection', () => one],
] as const)('a verified credential, sent %s', (_, connection) => {
  const sent = (pair: string) => request(basic(pair), {connection: connection()});

  test('is verified once, also when many requests come together', async () => {
    const directory = counting(accounts());
    const authenticator = make({directory: () => directory});
    const send = (pair: string) => authenticator.authenticate(sent(pair)).catch(() => undefined);
    const answers = await Promise.all(Array.from({length: 12}, () => send('ann:secret')));
    expect(answers.every(principal => principal?.uids[0] === 'ann')).toBe(true);
    await send('ann:secret');
    expect(directory.verified).toBe(1);
    await Promise.all(Array.from({length: 12}, () => send('ann:wrong')));
    await send('ann:wrong');
    expect(directory.verified).toBe(2);
  });

  test('is verified anew after some minutes', async () => {
    let now = 0;
    const directory = counting(accounts());
    const authenticator = make({directory: () => directory, now: () => now});
    await authenticator.authenticate(sent('ann:secret'));
    now = 9 * 60_000;
    await authenticator.authenticate(sent('ann:secret'));
    expect(directory.verified).toBe(1);
    now = 11 * 60_000;
    await authenticator.authenticate(sent('ann:secret'));
    expect(directory.verified).toBe(2);
  });

  test('ends with the password it was verified against, and outlives other changes', async () => {
    let directory = counting(accounts());
    const authenticator = make({directory: () => directory});
    await authenticator.authenticate(sent('ann:secret'));
    await refusal(authenticator.authenticate(sent('ann:next')));
    directory = counting(accounts());
    await authenticator.authenticate(sent('ann:secret'));
    expect(directory.verified).toBe(0);
    directory = counting(accounts('next'));
    expect((await refusal(authenticator.authenticate(sent('ann:secret')))).status).toBe(401);
    expect((await authenticator.authenticate(sent('ann:next')))?.uids[0]).toBe('ann');
  });

  test('ends with the directory, where that cannot say what changed', async () => {
    const {credentialTag: _tag, ...plain} = accounts();
    let directory = counting(plain);
    const authenticator = make({directory: () => directory});
    await authenticator.authenticate(sent('ann:secret'));
    await authenticator.authenticate(sent('ann:secret'));
    expect(directory.verified).toBe(1);
    directory = counting(plain);
    await authenticator.authenticate(sent('ann:secret'));
    expect(directory.verified).toBe(1);
  });

  test('ends with the account', async () => {
    let directory = accounts();
    const authenticator = make({directory: () => directory});
    await authenticator.authenticate(sent('ann:secret'));
    directory = parseDirectory('<accounts realm="R"/>', 'f');
    expect((await refusal(authenticator.authenticate(sent('ann:secret')))).status).toBe(401);
  });

  test('is whose it is, whoever was there before', async () => {
    const directory = counting(accounts());
    const authenticator = make({directory: () => directory});
    const who = async (pair: string) => (await authenticator.authenticate(sent(pair)).catch(() => undefined))?.uids[0];
    for (const pair of ['ann:secret', 'ann:secreT', 'bob:with:colons: in it', 'ann:secret', 'ann:secret']) {
      expect([pair, await who(pair)]).toEqual([pair, pair.endsWith('T') ? undefined : pair.slice(0, 3)]);
    }
    expect(directory.verified).toBe(3);
  });
});

describe('RFC 7616 Digest', () => {
  const hash = (algorithm: string, text: string) =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  let now = Date.parse('2026-01-01');
  const options = {digest: {enabled: true, algorithms: ['MD5', 'SHA-256'] as const}, now: () => now};
  const authenticator = make(options);

  function answer(
    challenge: string,
    {name = 'ann', password = 'secret', method = 'PROPFIND', uri = '/calendars/users/ann/', qop = true, count = 1} = {},
  ) {
    const read = (key: string) => new RegExp(`${key}="?((?:[^",\\\\]|\\\\.)*)"?`).exec(challenge)![1]!;
    const nc = count.toString(16).padStart(8, '0');
    const [algorithm, nonce, realm] = [read('algorithm'), read('nonce'), read('realm')];
    const ha1 = hash(algorithm, `${name}:${realm.replace(/\\(.)/g, '$1')}:${password}`);
    const ha2 = hash(algorithm, `${method}:${uri}`);
    const response = hash(algorithm, qop ? `${ha1}:${nonce}:${nc}:abc:auth:${ha2}` : `${ha1}:${nonce}:${ha2}`);
    const tail = qop ? `, qop=auth, nc=${nc}, cnonce="abc"` : '';
    return `Digest username="${name}", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=${algorithm}, response="${response}"${tail}`;
  }

  test('SHA-256 is offered before MD5, and both before Basic', () => {
    const challenges = authenticator.challenges(request());
    expect(challenges.map(challenge => /algorithm=([^,]+)|^Basic/.exec(challenge)![1])).toEqual(['SHA-256', 'MD5', undefined]);
    expect(challenges[0]).toMatch(/^Digest realm="Home \\"calendars\\"", qop="auth", .*nonce="[\w-]+", charset=UTF-8$/);
  });

  test.each([0, 1])('challenge %i is answered rightly', async at => {
    const challenge = authenticator.challenges(request())[at]!;
    expect((await authenticator.authenticate(request(answer(challenge))))?.uids[0]).toBe('ann');
    expect((await refusal(authenticator.authenticate(request(answer(challenge, {password: 'wrong'}))))).status).toBe(401);
    expect((await refusal(authenticator.authenticate(request(answer(challenge, {name: 'nobody'}))))).status).toBe(401);
    const other = request(answer(challenge), {method: 'DELETE'});
    expect((await refusal(authenticator.authenticate(other))).status).toBe(401);
  });

  test('a stored HA1 will do, for its own algorithm only', async () => {
    const [sha256, md5] = authenticator.challenges(request()) as [string, string];
    const as = {name: 'hash', password: 'stored'};
    expect((await authenticator.authenticate(request(answer(sha256, as))))?.uids[0]).toBe('hash');
    expect((await refusal(authenticator.authenticate(request(answer(md5, as))))).status).toBe(401);
  });

  test('an old nonce is stale, and the client is told so', async () => {
    const header = answer(authenticator.challenges(request())[0]!);
    now += 11 * 60_000;
    const {status, headers} = await refusal(authenticator.authenticate(request(header)));
    expect(status).toBe(401);
    expect(headers['www-authenticate']![0]).toContain('stale=true');
    expect(headers['www-authenticate']![1]).toContain('stale=true');
    const again = answer((headers['www-authenticate'] as string[])[0]!);
    expect((await authenticator.authenticate(request(again)))?.uids[0]).toBe('ann');
    expect(authenticator.challenges(request(again))[0]).not.toContain('stale');
  });

  test('a nonce from elsewhere is not taken, one from a process with the same key is', async () => {
    const nonceKey = Buffer.alloc(32, 7);
    const [one, two, other] = [make({...options, nonceKey}), make({...options, nonceKey}), make(options)];
    const header = answer(one.challenges(request())[0]!);
    expect((await two.authenticate(request(header)))?.uids[0]).toBe('ann');
    expect((await refusal(other.authenticate(request(header)))).status).toBe(401);
  });

  test('the uri must be what is asked for', async () => {
    const challenge = authenticator.challenges(request())[0]!;
    const elsewhere = request(answer(challenge), {path: '/calendars/users/bob/'});
    expect((await refusal(authenticator.authenticate(elsewhere))).status).toBe(400);
    const whole = request(answer(challenge, {uri: 'https://cal.example.com/calendars/users/ann/'}));
    expect((await authenticator.authenticate(whole))?.uids[0]).toBe('ann');
    const query = request(answer(challenge, {uri: '/calendars/users/ann/?export', count: 2}), {query: 'export'});
    expect((await authenticator.authenticate(query))?.uids[0]).toBe('ann');
  });

  test('without qop, as in 2009, only where that is allowed', async () => {
    const header = answer(authenticator.challenges(request())[1]!, {qop: false});
    expect((await refusal(authenticator.authenticate(request(header)))).status).toBe(401);
    const old = make({...options, digest: {...options.digest, withoutQop: true}});
    expect((await old.authenticate(request(answer(old.challenges(request())[1]!, {qop: false}))))?.uids[0]).toBe('ann');
  });

  test('is refused where it is not enabled', async () => {
    const header = answer(authenticator.challenges(request())[0]!);
    expect((await refusal(make().authenticate(request(header)))).headers['www-authenticate']).toHaveLength(1);
  });

  test('a request that was overheard is not taken again, and its nonce is said to be stale', async () => {
    const challenge = authenticator.challenges(request())[0]!;
    const header = answer(challenge);
    expect((await authenticator.authenticate(request(header)))?.uids[0]).toBe('ann');
    const {status, headers} = await refusal(authenticator.authenticate(request(header)));
    expect({status, challenge: headers['www-authenticate']![0]}).toEqual({
      status: 401,
      challenge: expect.stringContaining('stale=true'),
    });
    expect((await authenticator.authenticate(request(answer(challenge, {count: 2}))))?.uids[0]).toBe('ann');
  });

  test('a wrong password uses no count up', async () => {
    const challenge = authenticator.challenges(request())[0]!;
    const {headers} = await refusal(authenticator.authenticate(request(answer(challenge, {password: 'wrong'}))));
    expect(headers['www-authenticate']![0]).not.toContain('stale');
    expect((await authenticator.authenticate(request(answer(challenge))))?.uids[0]).toBe('ann');
  });

  test('a request whose head was asked about first is one request', async () => {
    const head = request(answer(authenticator.challenges(request())[0]!));
    expect((await authenticator.authenticate(head))?.uids[0]).toBe('ann');
    expect((await authenticator.authenticate({...head, body: Buffer.from('large')}))?.uids[0]).toBe('ann');
  });

  test('nor by another process with which this one shares a memory', async () => {
    const both = {...options, nonceKey: Buffer.alloc(32, 7), shared: sharedMap()};
    const [one, two] = [make(both), make(both)];
    const challenge = one.challenges(request())[0]!;
    expect((await one.authenticate(request(answer(challenge))))?.uids[0]).toBe('ann');
    expect((await refusal(two.authenticate(request(answer(challenge))))).status).toBe(401);
    expect((await two.authenticate(request(answer(challenge, {count: 2}))))?.uids[0]).toBe('ann');
  });
});

describe('what processes tell each other of passwords', () => {
  function several(directories: readonly Directory[]) {
    const shared = sharedMap();
    let at = 0;
    const next = () => {
      const directory = directories[at++]!;
      return make({directory: () => directory, shared});
    };
    return {shared, next};
  }

  test('one that was right is not verified by the others', async () => {
    const [first, second] = [counting(accounts()), counting(accounts())];
    const {next} = several([first, second]);
    expect((await next().authenticate(request(basic('ann:secret'))))?.uids[0]).toBe('ann');
    expect((await next().authenticate(request(basic('ann:secret'))))?.uids[0]).toBe('ann');
    expect([first.verified, second.verified]).toEqual([1, 0]);
  });

  test('nor one that was wrong, which is still refused', async () => {
    const [first, second] = [counting(accounts()), counting(accounts())];
    const {next} = several([first, second]);
    expect((await refusal(next().authenticate(request(basic('ann:wrong'))))).status).toBe(401);
    expect((await refusal(next().authenticate(request(basic('ann:wrong'))))).status).toBe(401);
    expect([first.verified, second.verified]).toEqual([1, 0]);
  });

  test('a changed password and an account that is gone count at once', async () => {
    const gone = parseDirectory('<accounts realm="Home &quot;calendars&quot;"/>', 'f');
    const {next} = several([accounts(), accounts('other'), gone]);
    expect((await next().authenticate(request(basic('ann:secret'))))?.uids[0]).toBe('ann');
    expect((await refusal(next().authenticate(request(basic('ann:secret'))))).status).toBe(401);
    expect((await refusal(next().authenticate(request(basic('ann:secret'))))).status).toBe(401);
  });
});

describe('a password that is remembered as right', () => {
  test('is no way to find it out for who has guessed too often, and stays good for its owner', async () => {
    const authenticator = make();
    const owner = (pair: string) => authenticator.authenticate(request(basic(pair), {address: '192.0.2.7'}));
    expect((await owner('ann:secret'))?.uids[0]).toBe('ann');
    for (let at = 0; at < 10; at++) await refusal(authenticator.authenticate(request(basic(`ann:guess${at}`))));
    expect((await refusal(authenticator.authenticate(request(basic('ann:secret'))))).status).toBe(429);
    expect((await owner('ann:secret'))?.uids[0]).toBe('ann');
    // Nor is the owner kept out by a neighbour behind the same address.
    for (let at = 0; at < 10; at++) {
      await refusal(authenticator.authenticate(request(basic(`bob:guess${at}`), {address: '192.0.2.7'})));
    }
    expect((await owner('ann:secret'))?.uids[0]).toBe('ann');
  });
});
