import {describe, expect, test} from 'vitest';
import type {HttpRequest} from '../../src/http/message.ts';
import {route} from '../../src/server/routes.ts';

const request = (path: string, method = 'PROPFIND'): HttpRequest => ({
  method,
  path,
  query: '',
  headers: {},
  body: new Uint8Array(),
  address: '127.0.0.1',
  secure: false,
});

describe('RFC 6764 §5 well-known URIs', () => {
  test.each(['/.well-known/caldav', '/.well-known/caldav/'])('%s leads to the context path, for any method', path => {
    for (const method of ['GET', 'PROPFIND', 'OPTIONS']) {
      expect(route(request(path, method))).toMatchObject({status: 301, headers: {location: '/'}});
    }
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
