import {describe, expect, test} from 'vitest';
import {makeEvents, ranges, within} from '../../bench/data.ts';

describe('the events of the bench', () => {
  const events = makeEvents(400, 'read');

  test('are the same each time, and others for another tag', () => {
    expect(makeEvents(400, 'read')).toEqual(events);
    expect(makeEvents(1, 'put')[0]!.text).not.toBe(events[0]!.text);
    expect(new Set(events.map(({uid}) => uid)).size).toBe(400);
  });

  test('a quarter recurs, each with one instance taken out', () => {
    const recurring = events.filter(one => one.recurring);
    expect(recurring.length).toBeGreaterThan(60);
    expect(recurring.length).toBeLessThan(140);
    for (const {text, instances} of recurring) expect(Number(/COUNT=(\d+)/.exec(text)![1])).toBe(instances.length + 1);
  });

  test('are busy by the clock of Paris, in winter and in summer', () => {
    for (const {text, instances} of events) {
      const [, year, month, day, hour, minute] = /DTSTART;TZID=Europe\/Paris:(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)/.exec(text)!;
      const shown = new Intl.DateTimeFormat('sv', {timeZone: 'Europe/Paris', dateStyle: 'short', timeStyle: 'short'});
      expect(shown.format(instances[0]![0])).toBe(`${year}-${month}-${day} ${hour}:${minute}`);
    }
  });

  test('twelve months have some each, and all of them more than three days have', () => {
    const count = (list: ReturnType<typeof ranges>) => list.map(range => within(events, range).length);
    expect(ranges()).toHaveLength(12);
    expect(Math.min(...count(ranges()))).toBeGreaterThan(5);
    for (const [at, few] of count(ranges(3)).entries()) expect(few).toBeLessThan(count(ranges())[at]!);
  });
});
