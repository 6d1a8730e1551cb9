import {expect} from 'vitest';
import {child, text} from '../../src/xml/element.ts';
import {calendarserver, dav} from '../../src/xml/names.ts';
import {type Answer, Client} from '../support/client.ts';
import {event} from '../support/events.ts';

/** A device of an account's: another connection with the same name and password. */
export class Device extends Client {
  /** Sends XML as this client would, and expects a multistatus. */
  async ask(method: string, path: string, body: string, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await this.request(method, path, {body, headers: {'content-type': 'text/xml; charset=utf-8', ...headers}});
    expect([method, path, answer.status, answer.text.slice(0, answer.status === 207 ? 0 : 300)]).toEqual([method, path, 207, '']);
    return answer;
  }
}

/** What a device remembers of a calendar, in each of the three ways that clients have. */
async function look(device: Client, calendar: string, token?: string) {
  const ctags = await device.propfind(calendar, 0, calendarserver('getctag'));
  const ctag = text([...ctags.responses.values()][0]!.properties.get(calendarserver('getctag'))!);
  const listing = await device.propfind(calendar, 1, dav('getetag'), dav('resourcetype'));
  const etags = new Map<string, string>();
  for (const [href, {properties}] of listing.responses) {
    if (child(properties.get(dav('resourcetype'))!, dav('collection'))) continue;
    etags.set(href, text(properties.get(dav('getetag'))!));
  }
  const sync = await device.sync(calendar, token);
  expect(sync.status).toBe(207);
  return {ctag, etags, sync};
}

/**
 * What every replay ends with: what one device makes, changes and deletes reaches the other by CTag, by sync-collection and by a
 * listing of ETags, and deleting what is gone is 404 and harms nothing.
 */
export async function expectDevicesToAgree(one: Client, other: Client, calendar: string): Promise<void> {
  const at = `${calendar}shared-${crypto.randomUUID()}.ics`;
  const uid = crypto.randomUUID();
  const start = await look(other, calendar);

  const made = await one.put(at, event(uid), {'if-none-match': '*'});
  expect(made.status).toBe(201);
  const afterMaking = await look(other, calendar, start.sync.token);
  expect(afterMaking.ctag).not.toBe(start.ctag);
  expect([afterMaking.sync.changed, afterMaking.sync.removed]).toEqual([[at], []]);
  expect([...afterMaking.etags].filter(([href]) => !start.etags.has(href))).toEqual([[at, made.headers.get('etag')]]);

  const edited = await one.put(at, event(uid, '20261224T180000Z'), {'if-match': made.headers.get('etag')!});
  expect(edited.status).toBe(204);
  const afterEditing = await look(other, calendar, afterMaking.sync.token);
  expect(afterEditing.ctag).not.toBe(afterMaking.ctag);
  expect([afterEditing.sync.changed, afterEditing.sync.removed]).toEqual([[at], []]);
  expect(afterEditing.etags.get(at)).toBe(edited.headers.get('etag'));
  expect((await other.get(at)).text).toBe(event(uid, '20261224T180000Z'));

  const unchanged = await look(other, calendar, afterEditing.sync.token);
  expect([unchanged.ctag, unchanged.sync.changed, unchanged.sync.removed]).toEqual([afterEditing.ctag, [], []]);

  expect((await one.delete(at, {'if-match': edited.headers.get('etag')!})).status).toBe(204);
  const afterDeleting = await look(other, calendar, afterEditing.sync.token);
  expect(afterDeleting.ctag).not.toBe(afterEditing.ctag);
  expect([afterDeleting.sync.changed, afterDeleting.sync.removed]).toEqual([[], [at]]);
  expect(afterDeleting.etags).toEqual(start.etags);

  expect((await other.delete(at)).status).toBe(404);
  const last = await look(other, calendar, afterDeleting.sync.token);
  expect([last.ctag, last.sync.changed, last.sync.removed]).toEqual([afterDeleting.ctag, [], []]);
  expect((await look(other, calendar)).sync.removed).toEqual([]);
}
