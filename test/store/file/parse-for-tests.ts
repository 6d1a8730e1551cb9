import type {ObjectIndex} from '../../../src/ical/object-index.ts';

/** The objects of these tests are `uid start end`, or damaged. */
export function parseForTests(_name: string, bytes: Uint8Array): ObjectIndex | undefined {
  const [uid, start, end] = Buffer.from(bytes).toString().split(' ');
  if (uid === 'DAMAGED') throw new Error('line 1: this is damaged');
  const spans = start ? [{start: Number.parseInt(start, 10), end: Number.parseInt(end ?? start, 10), floating: false}] : [];
  return {uid: uid!, component: 'VEVENT', spans, horizon: undefined};
}
