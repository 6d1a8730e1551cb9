import {setImmediate as otherWork} from 'node:timers/promises';

/** How long one piece of work may keep all others waiting, milliseconds. */
const mostMs = 15;

let turnSince = -Infinity;
const waiting: (() => void)[] = [];

/**
 * For loops that may go on for long: undefined while there is time, else a promise to await, which lets everybody else have a turn.
 * The time is shared, and those that wait go on one by one. Pieces of work that run side by side await it only where it is one: `await`
 * of undefined lets all of them pass before the first has spent any time.
 */
export function breathe(): Promise<void> | undefined {
  if (performance.now() - turnSince < mostMs) return undefined;
  return new Promise(resolve => {
    if (waiting.push(resolve) === 1) void goOn();
  });
}

async function goOn(): Promise<void> {
  for (let next = waiting[0]; next; next = waiting[0]) {
    await otherWork();
    turnSince = performance.now();
    next();
    waiting.shift();
  }
}
