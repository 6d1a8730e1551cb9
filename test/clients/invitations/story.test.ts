import {describe, expect, test} from 'vitest';
import {type Account, expectAgreement, party} from './account.ts';
import {davx5, evolution, type Habits, ios, macos, thunderbird} from './habits.ts';
import {addLine, answer, dayOf, inAll, inSeries, meeting, nextEdition, onDay, partstatsOf, rename, toHour} from './meeting.ts';

const clients: readonly Habits[] = [evolution, thunderbird, macos, ios, davx5];

/** Each with itself and with one other, so that each is once on either side of each of its kind of conditions. */
const pairs = clients.flatMap((habits, at) =>
  [habits, clients[(at + 1) % clients.length]!].map(other => [habits.name, other.name, habits, other] as const),
);

/** What ann changes, on a device that is up to date. */
async function changes(organizer: Account, at: 0 | 1, uid: string, edit: (text: string) => string) {
  await organizer.sync();
  await organizer.devices[at].change(uid, text => inAll(edit(text), nextEdition(organizer)));
}

describe.each(pairs)('an organizer with %s, attendees with %s', (_, __, hers, theirs) => {
  test('from the invitation to its end, each calendar is the same on every device', {timeout: 90_000}, async () => {
    const served = await party({ann: hers, bob: theirs, cid: theirs});
    const {ann, bob, cid} = served;
    const agreed = () => expectAgreement(served, ann, bob, cid);

    await ann.devices[0].make('plans', meeting('plans', ann, [bob, cid]));
    await agreed();
    expect(await bob.devices[0].takeInbox()).toEqual(['REQUEST']);
    expect(await bob.devices[1].takeInbox()).toEqual([]);

    // Who accepts, on one device; and on another one day alone.
    await bob.devices[0].change('plans', text => inAll(text, answer(bob, 'ACCEPTED')));
    await cid.devices[1].change('plans', text => inAll(text, answer(cid, 'TENTATIVE')));
    await agreed();
    expect(partstatsOf(ann.devices[1].event('plans').text, bob)).toEqual(['ACCEPTED']);
    await cid.devices[0].change('plans', text => onDay(text, 1, answer(cid, 'DECLINED')));
    await agreed();
    expect(partstatsOf(ann.devices[0].event('plans').text, cid).sort()).toEqual(['DECLINED', 'TENTATIVE']);
    expect(await ann.devices[1].takeInbox()).toEqual(['REPLY', 'REPLY', 'REPLY']);

    // A day that an attendee takes out of their calendar is declined.
    await bob.devices[1].change('plans', text => inSeries(text, addLine(bob.habits.exdate(dayOf(4)))));
    await agreed();
    expect(partstatsOf(ann.devices[0].event('plans').text, bob)).toContain('DECLINED');

    // One day is moved, another left out: who had answered is asked about the former alone.
    await changes(ann, 1, 'plans', text => onDay(text, 2, part => toHour(14)(rename('Later')(part))));
    await agreed();
    expect(partstatsOf(bob.devices[0].event('plans').text, bob)).toEqual(expect.arrayContaining(['ACCEPTED', 'NEEDS-ACTION']));
    await bob.devices[0].change('plans', text => onDay(text, 2, answer(bob, 'ACCEPTED')));
    await agreed();
    await changes(ann, 0, 'plans', text => inSeries(text, addLine(ann.habits.exdate(dayOf(3)))));
    await agreed();
    expect(await cid.devices[0].takeInbox()).toContain('CANCEL');

    // All future days: the series ends, and another begins.
    await changes(ann, 0, 'plans', text =>
      inSeries(text, part =>
        part.replace(/^RRULE:.*$/m, `RRULE:FREQ=DAILY;UNTIL=${dayOf(3)}T075959Z`).replace(/^EXDATE.*\r\n/gm, ''),
      ),
    );
    await ann.devices[0].make(
      'plans-2',
      meeting('plans-2', ann, [bob, cid], dayOf(4), 2).replace('SUMMARY:Plans', 'SUMMARY:More plans'),
    );
    await agreed();
    expect(partstatsOf(bob.devices[0].event('plans').text, bob)).not.toContain('NEEDS-ACTION');
    await cid.devices[0].change('plans-2', text => inAll(text, answer(cid, 'ACCEPTED')));
    await agreed();

    // The whole is put off: everybody is asked anew. One takes it away, which is to decline; another is not invited any more.
    await changes(ann, 1, 'plans-2', text => inAll(text, toHour(16)));
    await agreed();
    expect(partstatsOf(cid.devices[1].event('plans-2').text, cid)).toEqual(['NEEDS-ACTION']);
    await bob.devices[1].remove('plans-2');
    await agreed();
    expect(partstatsOf(ann.devices[1].event('plans-2').text, bob)).toEqual(['DECLINED']);
    await changes(ann, 0, 'plans', text => inAll(text, part => part.replace(/^ATTENDEE.*:mailto:cid@.*\r\n/im, '')));
    await agreed();
    expect(cid.devices[0].event('plans').text).toContain('STATUS:CANCELLED');

    // It is called off, and those who see that take it away: nobody is told of that.
    await ann.devices[1].remove('plans');
    await ann.devices[0].remove('plans-2');
    await agreed();
    await ann.devices[0].takeInbox();
    await bob.devices[0].remove('plans');
    await cid.devices[1].remove('plans');
    await cid.devices[1].remove('plans-2');
    await agreed();
    for (const {devices} of [ann, bob, cid]) expect(devices[1].calendar.texts()).toEqual([]);
    expect(await ann.devices[1].takeInbox()).toEqual([]);
  });
});
