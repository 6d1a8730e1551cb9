import {Readable} from 'node:stream';
import {describe, expect, test} from 'vitest';
import {readAnswers, readPasswords} from '../../src/setup/read-answers.ts';

describe('options as answers', () => {
  test('what is not given stays open', () => {
    expect(readAnswers({tls: true})).toEqual({});
    expect(readAnswers({tls: false, httpPort: 80, bind: ['localhost', '::1'], admin: 'eve', force: true})).toEqual({
      tls: 'none',
      httpPort: 80,
      bind: ['127.0.0.1', '::1'],
      admin: 'eve',
      force: true,
    });
    expect(readAnswers({host: 'köln.example'})).toEqual({host: 'xn--kln-sna.example'});
    expect(readAnswers({host: '::1'})).toEqual({host: '::1'});
    expect(readAnswers({tls: true, tlsCertificate: 'c.pem'})).toEqual({tls: 'files', tlsCertificate: 'c.pem'});
  });

  test.each([
    [{httpPort: '80a'}, '“80a” is no port.'],
    [{bind: ['example.com']}, '“example.com” is no IP address.'],
    [{host: 'https://cal.example/'}, '“https://cal.example/” is no host name.'],
    [{runAs: 'root'}, 'caldav does not serve as root.'],
    [{user: 'a/b'}, 'The name “a/b” has a slash in it.'],
    [{admin: 'a b'}, 'The name “a b” has a space in it.'],
    [{user: 'a:b'}, 'The name “a:b” has a colon in it, which ends a name when logging in.'],
    [{tls: false, tlsCertificate: 'c.pem'}, '--no-tls and --tls-certificate contradict each other.'],
    [{tls: true, tlsKey: 'k.pem'}, '--tls-key has no certificate.'],
  ])('%o is refused', (options, message) => {
    expect(() => readAnswers(options)).toThrow(expect.objectContaining({name: 'UserError', message}));
  });

  test('passwords come a line each, the first user’s first', async () => {
    const read = (text: string) => readPasswords(Readable.from([text]));
    expect(await read('one two\nthree\n')).toEqual({user: 'one two', admin: 'three'});
    expect(await read('one\r\n')).toEqual({user: 'one', admin: undefined});
    expect(await read('')).toEqual({});
  });
});
