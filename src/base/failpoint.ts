/**
 * `name` or `name:3` in the environment of a test: the process dies, as by kill -9, when it passes that point the third time; with
 * `name:3:hang` it stands still from then on. No configuration sets it, and without it a point is a call to an empty function.
 */
const [armed = '', nth = '1', how = 'die'] = (process.env.CALDAV_FAILPOINT ?? '').split(':');
let left = Number(nth);

/** A step after which a test cuts the program off (test/crash, test/server/combined.test.ts). */
export const failpoint: (name: string) => void = armed === '' ? () => {} : passArmed;

function passArmed(name: string): void {
  if (name !== armed || --left !== 0) return;
  if (how === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  process.kill(process.pid, 'SIGKILL');
}
