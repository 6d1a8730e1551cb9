import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {temporaryFolder} from '../support/temporary.ts';
import {InvitingCrew, story} from './inviting.ts';

/** `CALDAV_CRASH_INVITING=50 vitest run test/crash/invitations.test.ts` for a long one; CALDAV_CRASH_SEED does one again. */
const runs = Number(process.env.CALDAV_CRASH_INVITING ?? 1);
const seed = Number(process.env.CALDAV_CRASH_SEED ?? Date.now() % 1_000_000);

describe(`a server that is killed while people invite and answer (CALDAV_CRASH_SEED=${seed})`, () => {
  test('brings all calendars into agreement, and tells nobody anything twice', {timeout: 60_000 + runs * 120_000}, async () => {
    let kills = 0;
    await fc.assert(
      fc.asyncProperty(story(4), async groups => {
        const inviting = await InvitingCrew.begin(await temporaryFolder());
        await using _ = inviting.crew;
        for (const [steps, blow] of groups) await inviting.take(steps, blow);
        await inviting.requireAgreement();
        kills += inviting.kills;
      }),
      {numRuns: runs, seed, endOnFailure: true},
    );
    expect(kills).toBeGreaterThan(0);
  });
});
