import {describe, expect, test} from 'vitest';
import {Throttle} from '../../src/http/throttle.ts';

const hour = 3_600_000;

/** How many guesses are looked at within an hour, all wrong: each address asks again as soon as it has its answer, or is told to. */
async function guessesInAnHour(addresses: number, account: (guess: number) => string): Promise<number> {
  let now = 0;
  const throttle = new Throttle({
    now: () => now,
    sleep: async ms => {
      now += ms / addresses;
    },
  });
  let checked = 0;
  for (let guess = 0; now < hour; guess++) {
    const attempt = {address: `192.0.2.${guess % addresses}`, account: account(guess)};
    const before = checked;
    await throttle
      .attempt(attempt, async () => {
        checked++;
        return undefined;
      })
      .catch(() => {});
    // What a guess costs its guesser beside.
    now += (checked > before ? 30 : 1000) / addresses;
  }
  return checked;
}

/** As many, but for one that the hour's end may cut off. */
function expectTo(count: number, most: number): void {
  expect([most - 1, most]).toContain(count);
}

describe('guessing passwords without an end, for an hour', () => {
  test('one address: ten, and one each half minute, however many accounts it tries', async () => {
    expectTo(await guessesInAnHour(1, () => 'ann'), 10 + 120);
    expectTo(await guessesInAnHour(1, guess => `account${guess}`), 10 + 120);
  });

  test('ten addresses: no more for each of them, against one account', async () => {
    expect(await guessesInAnHour(10, () => 'ann')).toBeLessThanOrEqual(10 * (10 + 120));
  });
});
