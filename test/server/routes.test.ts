import {describe, expect, test} from 'vitest';
import type {HttpRequest} from '../../src/http/message.ts';
import {type OwnAddress, route as routeOf} from '../../src/server/routes.ts';

const request = (path: string, method = 'PROPFIND'): HttpRequest => ({
  method,
  path,
  query: '',
  headers: {},
  body: new Uint8Array(),
  address: '127.0.0.1',
  secure: false,
});

const own: OwnAddress = {name: 'cal.example.com', httpPorts: [80, 8008], httpsPort: 8443};
const route = (asked: HttpRequest) => routeOf(asked, own);

describe('RFC 6764 §5 well-known URIs', () => {
  test.each(['/.well-known/caldav', '/.well-known/caldav/'])('%s leads to the context path, for any method', path => {
    for (const method of ['GET', 'PROPFIND', 'OPTIONS']) {
      expect(route(request(path, method))).toMatchObject({status: 301, headers: {location: '/'}});
    }
  });

  test.each([
    ['cal.example.com:8008', 'https://cal.example.com:8443/'],
    ['cal.example.com', 'https://cal.example.com:8443/'],
    ['cal.example.com:81', '/'], // a proxy's port
    ['127.0.0.1:8008', '/'], // what a proxy calls us that does not hand on the name it was asked for
    ['mycal.example.com:8008', '/'],
  ])('asked in the clear as %s, where there is HTTPS, they lead to %s', (host, location) => {
    const asked = {...request('/.well-known/caldav'), headers: {host}};
    expect(route(asked)).toMatchObject({status: 301, headers: {location}});
    expect(route({...asked, secure: true})).toMatchObject({headers: {location: '/'}});
    expect(routeOf(asked, {...own, httpsPort: undefined})).toMatchObject({headers: {location: '/'}});
  });

  test('HTTPS on its usual port is not named', () => {
    const asked = {...request('/.well-known/caldav'), headers: {host: own.name}};
    expect(routeOf(asked, {...own, httpsPort: 443})).toMatchObject({headers: {location: 'https://cal.example.com/'}});
  });

  test('what is not spoken has no well-known URI', () => {
    expect(route(request('/.well-known/carddav'))).toBeUndefined();
    expect(route(request('/.well-known/caldav/x'))).toBeUndefined();
    expect(route(request('/calendars/.well-known/caldav'))).toBeUndefined();
  });
});

describe('RFC 9112 §3.2 forms of the request target', () => {
  test('origin-form goes on as it came', () => {
    expect(route(request('/calendars/users/ann/'))).toBeUndefined();
  });

  test('absolute-form loses scheme and authority', () => {
    expect(route(request('https://cal.example.com:8443/calendars/'))).toMatchObject({path: '/calendars/'});
    expect(route(request('http://cal.example.com'))).toMatchObject({path: '/'});
    expect(route(request('http://cal.example.com/.well-known/caldav'))).toMatchObject({status: 301});
  });

  test('asterisk-form stands for the server', () => {
    expect(route(request('*', 'OPTIONS'))).toMatchObject({path: '/'});
  });
});
