import fc from 'fast-check';
import {describe, test} from 'vitest';
import {serve} from '../support/serve.ts';
import {type Person, Players, step} from './agreement.ts';

const runs = Number(process.env.CALDAV_AGREEMENT_RUNS ?? 15);

describe('RFC 6638 §3.2: whatever an organizer and attendees change, from whichever device', () => {
  test('all calendars agree in the end, and nobody is told twice', {timeout: 60_000 + runs * 10_000}, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, {minLength: 5, maxLength: 25}), async steps => {
        const served = await serve({ann: [], bob: [], cat: []}, {keep: true});
        try {
          const players = new Players({client: (name: Person) => served[name], settled: served.delivered});
          await players.begin();
          for (const each of steps) await players.take(each);
          await players.requireAgreement();
        } finally {
          await served.close();
        }
      }),
      {numRuns: runs},
    );
  });
});
