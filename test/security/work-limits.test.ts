import {expect, test} from 'vitest';
import {event} from '../support/events.ts';
import {sharedServer} from '../support/shared-server.ts';
import {basic} from '../webdav/raw.ts';
import {worstRequests} from './worst-requests.ts';

const home = '/calendars/users/mallory/';
const served = sharedServer({mallory: [], bob: [event('1')]});

test.each(worstRequests)('$name: is answered as it deserves, and another one meanwhile as ever', async worst => {
  const {base, mallory, bob} = served();
  for (const [name, body] of Object.entries(worst.objects ?? {})) {
    expect([201, 403]).toContain((await mallory.put(`${home}calendar/${name}`, body)).status);
  }
  const {method, path, headers, body = null} = worst;
  const [answer, meanwhile] = await Promise.all([
    fetch(base + home + path, {method, headers: {...headers, authorization: basic('mallory')}, body: body as string | null}),
    bob.get('/calendars/users/bob/calendar/1.ics'),
  ]);
  await answer.arrayBuffer();
  expect(worst.answers).toContain(answer.status);
  expect(meanwhile.status).toBe(200);
  await mallory.delete(`${home}calendar/`);
  await mallory.request('MKCALENDAR', `${home}calendar/`);
});
