import {describe, expect, test} from 'vitest';
import {protocol} from '../../src/server/protocol.ts';
import {sharedServer} from '../support/shared-server.ts';

describe('RFC 3744 §7.1.1 DAV:need-privileges', () => {
  const served = sharedServer({ann: [], bob: []});

  test.each([...protocol.methods.keys()])('%s tells nobody what is in another’s home and what is not', async method => {
    const {ann, bob} = served();
    await ann.request('MKCOL', '/calendars/users/ann/secret/');
    await ann.put('/calendars/users/ann/secret/plan.txt', 'mine');
    await bob.put('/calendars/users/bob/own.txt', 'his');
    const below = ['secret/', 'secret/plan.txt', 'secret/nothing', 'calendar/', 'calendar/nothing.ics', 'nothing', 'no/where'];
    const ask = async (path: string, destination: string) => {
      const {status, text, headers} = await bob.request(method, path, {
        headers: {destination, depth: method === 'MOVE' ? 'infinity' : '0'},
      });
      return [status, text, headers.get('etag'), headers.get('allow')];
    };
    const answers = await Promise.all([
      ...below.map(name => ask(`/calendars/users/ann/${name}`, '/calendars/users/bob/x')),
      ...(method === 'COPY' || method === 'MOVE'
        ? below.map(name => ask('/calendars/users/bob/own.txt', `/calendars/users/ann/${name}`))
        : []),
    ]);
    expect(new Set(answers.map(answer => JSON.stringify(answer)))).toEqual(new Set([JSON.stringify(answers[0])]));
    expect(answers[0]![0]).toBe(403);
    if (method !== 'HEAD') expect(answers[0]![1]).toContain('<D:href>/calendars/users/ann/</D:href>');
  });
});
