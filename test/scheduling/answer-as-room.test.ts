import {describe, expect, test} from 'vitest';
import {parseDirectory} from '../../src/accounts/load.ts';
import {silent} from '../../src/base/log.ts';
import {mainComponents} from '../../src/ical/jcal.ts';
import {indexObject} from '../../src/ical/object-index.ts';
import {type Calendar, parseCalendar} from '../../src/ical/parse.ts';
import {printCalendar} from '../../src/ical/print.ts';
import {sameAddress} from '../../src/itip/address.ts';
import {myself, partstatOf} from '../../src/itip/parties.ts';
import {answerAsRoom} from '../../src/scheduling/answer-as-room.ts';
import {calendarHomeId, provisionHome} from '../../src/scheduling/provision.ts';
import type {HomeUnit} from '../../src/store/store.ts';
import {serve} from '../support/serve.ts';
import {unlimited} from '../support/unlimited.ts';

const attic = `<location><uid>attic</uid><guid>ATTIC</guid><auto-schedule/><email-address>attic@example.com</email-address></location>`;
const isMe = (address: string) => sameAddress(address, 'mailto:attic@example.com');
const now = Date.UTC(2030, 0, 1);

const invitation = (uid: string, organizer: string, lines: readonly string[] = ['DTSTART:20300115T100000Z', 'DURATION:PT1H']) =>
  parseCalendar(
    [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//test//EN',
      'BEGIN:VEVENT',
      `UID:${uid}`,
      'DTSTAMP:20300101T000000Z',
      ...lines,
      `ORGANIZER:mailto:${organizer}@example.com`,
      `ATTENDEE;PARTSTAT=ACCEPTED:mailto:${organizer}@example.com`,
      'ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:attic@example.com',
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ].join('\r\n'),
  );

/** A room’s home in a store, into which invitations are delivered as scheduling does it: in one unit of work each. */
async function room() {
  const {store} = await serve({ann: []}, {records: attic});
  const directory = parseDirectory(`<accounts realm="r">${attic}</accounts>`, 'accounts.xml');
  const principal = directory.findByName('locations', 'attic')!;
  await provisionHome(store, principal);
  const home = calendarHomeId(principal);
  const limits = {...unlimited, defaultTimezone: 'UTC'};
  return {
    store,
    home,
    deliver: (uid: string, calendar: Calendar, hurry?: (unit: HomeUnit) => Promise<void>) =>
      store.write(home, async unit => {
        const answer = await answerAsRoom(
          {principal, unit, before: undefined, calendar, isMe, now},
          {directory, limits, log: silent},
        );
        await hurry?.(unit);
        const bytes = new TextEncoder().encode(printCalendar(answer.calendar!));
        unit.put(`calendar/${uid}.ics`, bytes, indexObject(answer.calendar!));
        return partstatOf(myself(mainComponents(answer.calendar!)[0]!, isMe));
      }),
  };
}

describe('a room that is booked', () => {
  test('by two at the same moment is given to one', async () => {
    const {deliver} = await room();
    for (let round = 0; round < 5; round++) {
      const lines = [`DTSTART:203001${15 + round}T100000Z`, 'DURATION:PT1H'];
      const answers = await Promise.all(
        ['ann', 'bob', 'cid'].map(who => deliver(`${who}-${round}`, invitation(`${who}-${round}`, who, lines))),
      );
      expect(answers.sort()).toEqual(['ACCEPTED', 'DECLINED', 'DECLINED']);
    }
  });

  test('while another has decided, and not yet stored, looks again', async () => {
    const {deliver} = await room();
    let other: Promise<string> | undefined;
    const first = await deliver('one', invitation('one', 'ann'), async () => {
      other ??= deliver('two', invitation('two', 'bob'));
      await other;
    });
    expect([first, await other]).toEqual(['DECLINED', 'ACCEPTED']);
  });

  test('is not in its own way, nor are calendars that make nobody busy', async () => {
    const {deliver} = await room();
    expect(await deliver('one', invitation('one', 'ann'))).toBe('ACCEPTED');
    expect(await deliver('one', invitation('one', 'ann', ['DTSTART:20300115T103000Z', 'DURATION:PT1H']))).toBe('ACCEPTED');
    expect(await deliver('two', invitation('two', 'bob', ['DTSTART:20300115T110000Z', 'DURATION:PT1H']))).toBe('DECLINED');
    expect(await deliver('three', invitation('three', 'bob', ['DTSTART:20300115T113000Z', 'DURATION:PT1H']))).toBe('ACCEPTED');
  });

  test('says in its copy what has become of the answer: RFC 6638 §3.2.9', async () => {
    const {store, home, deliver} = await room();
    await deliver('one', invitation('one', 'ann'));
    const view = await store.view(home);
    const stored = view?.find('calendar/one.ics');
    const text = new TextDecoder().decode(stored && !stored.collection ? await view?.read(stored.path, stored.etag) : undefined);
    expect(text.match(/^.*SCHEDULE-STATUS.*$/gm)).toEqual([expect.stringContaining('ORGANIZER;SCHEDULE-STATUS=1.1')]);
  });
});
