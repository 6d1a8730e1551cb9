/**
 * `name` or `name:3` in the environment of a test: the process dies, as by kill -9, when it passes that point the third time. No
 * configuration sets it, and without it a point is a call to an empty function.
 */
const [armed = '', nth = '1'] = (process.env.CALDAV_FAILPOINT ?? '').split(':');
let left = Number(nth);

/** A step after which the crash harness (test/crash) cuts the program off. */
export const failpoint: (name: string) => void = armed === '' ? () => {} : dieAt;

function dieAt(name: string): void {
  if (name === armed && --left === 0) process.kill(process.pid, 'SIGKILL');
}
