import {X509Certificate} from 'node:crypto';
import {parse} from 'plist';
import {beforeAll, describe, expect, test} from 'vitest';
import type {Principal} from '../../src/accounts/principal.ts';
import {createAuthority} from '../../src/certificates/issue.ts';
import {parseConfig} from '../../src/config/load.ts';
import type {HttpRequest} from '../../src/http/message.ts';
import {createWeb, type Web} from '../../src/web/web.ts';

const ann = {uids: ['ann', 'annie'], guid: 'A', type: 'users', fullName: 'Ann'} as unknown as Principal;

function request(path: string, headers: Record<string, string> = {}, more: Partial<HttpRequest> = {}): HttpRequest {
  const standard = {host: 'cal.example:8443', accept: 'text/html,*/*'};
  return {
    method: 'GET',
    path,
    query: '',
    headers: {...standard, ...headers},
    body: new Uint8Array(),
    address: '::1',
    secure: true,
    ...more,
  };
}

const configure = (plist: Record<string, never> | Record<string, string | number | boolean>) =>
  parseConfig({plist: {SSLPort: 8443, ServerHostName: 'cal.example', ...plist}, file: '/x/conf/f.plist', folder: '/x'});

const text = (response: ReturnType<Web>) => Buffer.from(response!.body as Uint8Array).toString();

describe('pages for browsers', () => {
  let authorityChain: string;
  let web: Web;
  beforeAll(async () => {
    authorityChain = (await createAuthority('Calendars on cal.example')).certificate;
    web = createWeb({config: configure({SSLCertificate: 'conf/tls/server.pem'}), authorityChain});
  });

  test('/ says what to type, by the name and port the browser used', () => {
    const response = web(request('/'));
    expect(response).toMatchObject({status: 200, headers: {'content-type': 'text/html; charset=utf-8'}});
    const page = text(response);
    for (const part of [
      '<code>cal.example:8443</code>',
      'https://cal.example:8443/',
      'href="/ca.crt"',
      'href="/caldav.mobileconfig"',
      'lang="en"',
    ]) {
      expect(page).toContain(part);
    }
    expect(page).not.toMatch(/<script|https?:\/\/(?!cal\.example)|conf\/|server\.pem/);
    expect(text(web(request('/', {host: 'cal.example'})))).toContain('<code>https://cal.example/</code>');
  });

  test('over HTTP it names the HTTPS port where there is one', () => {
    expect(text(web(request('/', {host: 'cal.example:8008'}, {secure: false})))).toContain('https://cal.example:8443/');
    const clear = createWeb({config: configure({SSLPort: 0}), authorityChain: ''});
    const page = text(clear(request('/', {host: 'cal.example:8008'}, {secure: false})));
    expect(page).toContain('http://cal.example:8008/');
    expect(page).toContain('This server has no encryption.');
    expect(page).not.toContain('ca.crt');
    expect(page).not.toContain('mobileconfig');
  });

  test('a host name that is none is not repeated', () => {
    const page = text(web(request('/', {host: '"><script>alert(1)</script>'})));
    expect(page).not.toContain('<script>');
    expect(page).toContain('https://cal.example');
  });

  test('what is not for browsers goes on to WebDAV', () => {
    expect(web(request('/', {accept: '*/*'}))).toBeUndefined();
    expect(web(request('/', {}, {method: 'PROPFIND'}))).toBeUndefined();
    expect(web(request('/calendars/'))).toBeUndefined();
    const closed = createWeb({config: configure({EnableAnonymousReadRoot: false}), authorityChain});
    expect(closed(request('/'))).toBeUndefined();
    expect(closed(request('/'), ann)).toMatchObject({status: 200});
  });

  test('HEAD is answered as GET is: the sender leaves the body out', () => {
    expect(web(request('/', {}, {method: 'HEAD'}))).toEqual(web(request('/')));
  });

  test('/ca.crt is the authority’s certificate, of this server’s own authority only', async () => {
    const response = web(request('/ca.crt', {accept: '*/*'}));
    expect(response!.headers).toMatchObject({'content-type': 'application/x-x509-ca-cert'});
    expect(new X509Certificate(response!.body as Uint8Array).subject).toBe('CN=Calendars on cal.example');
    expect(createWeb({config: configure({}), authorityChain: ''})(request('/ca.crt'))).toBeUndefined();
  });

  test('the profile is for whoever has logged in: the account without a password, and the authority', () => {
    expect(web(request('/caldav.mobileconfig'))).toBeUndefined();
    const response = web(request('/caldav.mobileconfig'), ann);
    expect(response!.headers).toMatchObject({'content-type': 'application/x-apple-aspen-config'});
    const profile = parse(text(response)) as {
      PayloadType: string;
      PayloadUUID: string;
      PayloadContent: Record<string, unknown>[];
    };
    expect(profile.PayloadType).toBe('Configuration');
    const [trust, account] = profile.PayloadContent;
    expect(new X509Certificate(trust!.PayloadContent as Uint8Array).ca).toBe(true);
    expect(trust!.PayloadType).toBe('com.apple.security.root');
    expect(account).toMatchObject({
      PayloadType: 'com.apple.caldav.account',
      CalDAVHostName: 'cal.example',
      CalDAVPort: 8443,
      CalDAVUseSSL: true,
      CalDAVUsername: 'ann',
    });
    expect(text(response)).not.toContain('CalDAVPassword');
    const uuids = [profile, ...profile.PayloadContent].map(({PayloadUUID}) => PayloadUUID);
    expect(new Set(uuids).size).toBe(3);
    expect(text(web(request('/caldav.mobileconfig'), ann))).toBe(text(response));
  });
});
