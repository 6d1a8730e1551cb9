import {describe, expect, test} from 'vitest';
import {indexObject} from '../../src/ical/object-index.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {reportStatus} from '../../src/scheduling/report-status.ts';
import {scheduleTagProperty} from '../../src/scheduling/schedule-tag.ts';
import {caldav} from '../../src/xml/names.ts';
import {event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';

const home = `calendars/${guidOf(1)}` as const;
const meeting = event('1', '20991201T100000Z', 'ORGANIZER:mailto:ann@example.com', 'ATTENDEE:mailto:bob@example.com');

/** What becomes of Ann's event, which says this, when it is told that a message to Bob came to nothing. */
async function told(text: string) {
  const {store} = await serve({ann: []});
  await store.createHome(home, unit => {
    unit.createCollection('calendar', [caldav('calendar')]);
    const properties = new Map([[scheduleTagProperty, 'tag']] as const);
    unit.put('calendar/1.ics', new TextEncoder().encode(text), indexObject(parseCalendar(meeting)), properties);
  });
  await store.write(home, unit => reportStatus(unit, {uid: '1'}, new Map([['mailto:bob@example.com', '5.1']])));
  const view = (await store.view(home))!;
  const stored = view.find('calendar/1.ics')!;
  return {text: new TextDecoder().decode(await view.read(stored.path)), tag: stored.properties.get(scheduleTagProperty)};
}

describe('RFC 6638 §3.2.9: what has become of a message', () => {
  test('is said in the sender’s event, which keeps its Schedule-Tag (§3.2.10)', async () => {
    const {text, tag} = await told(meeting);
    expect(text).toContain('ATTENDEE;SCHEDULE-STATUS=5.1:mailto:bob@example.com');
    expect(tag).toBe('tag');
  });

  test('is left unsaid where that is damaged, and nothing waits for it', async () => {
    expect(await told('no calendar')).toEqual({text: 'no calendar', tag: 'tag'});
  });
});
