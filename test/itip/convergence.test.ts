import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {printCalendar} from '../../src/ical/print.ts';
import {copyOf, partsOf, seriesOf} from '../../src/itip/series.ts';
import {attendeeEdits, invitation, organizerEdits} from './edits.ts';
import {agenda, ann, bob, cat, World} from './world.ts';

const people = [ann, bob, cat];

type Step =
  | {
      readonly do: 'edit';
      readonly who: number;
      readonly what: number;
      readonly n: number;
      readonly k: number;
      readonly whom: number;
    }
  | {readonly do: 'deliver'; readonly who: number}
  | {readonly do: 'delete'; readonly who: number};

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      who: fc.nat(2),
      what: fc.nat(20),
      n: fc.nat(8),
      k: fc.nat(4),
      whom: fc.integer({min: 1, max: 2}),
    }),
  },
  {weight: 6, arbitrary: fc.record({do: fc.constant('deliver' as const), who: fc.nat(2)})},
  {weight: 1, arbitrary: fc.record({do: fc.constant('delete' as const), who: fc.integer({min: 1, max: 2})})},
);

const log: string[] = [];

function play(world: World, steps: readonly Step[], instant: boolean): void {
  log.length = 0;
  for (const each of steps) {
    const who = people[each.who]!;
    if (each.do === 'deliver') {
      log.push(`deliver from ${who}`);
      world.deliver(who);
    } else if (each.do === 'delete') {
      log.push(`delete ${who}`);
      if (world.calendars.has(who)) world.put(who, undefined);
    } else {
      const edits = Object.entries(who === ann ? organizerEdits : attendeeEdits);
      const [name, edit] = edits[each.what % edits.length]!;
      const whom = who === ann ? people[each.whom]! : who;
      log.push(`${who} ${name} n${each.n} k${each.k} ${whom}`);
      const calendar = world.calendars.get(who);
      if (calendar) {
        const copy = copyOf(calendar);
        edit(copy, each.n, each.k, whom);
        if (partsOf(seriesOf(copy)).length === 0) world.put(who, undefined);
        else world.put(who, copy);
      }
    }
    if (instant) world.deliverAll();
  }
  world.deliverAll();
}

/** Everybody's calendar, as they and as the organizer have it; what somebody has taken away they have declined. */
function views(world: World): {own: Record<string, string>[]; organizers: Record<string, string>[]} {
  const own: Record<string, string>[] = [];
  const organizers: Record<string, string>[] = [];
  for (const who of [bob, cat]) {
    const [theirs, hers] = [agenda(world.calendars.get(who), who), agenda(world.calendars.get(ann), who)];
    for (const [key, text] of Object.entries(hers)) if (!(key in theirs) && text.endsWith(' DECLINED')) delete hers[key];
    own.push(theirs);
    organizers.push(hers);
  }
  return {own, organizers};
}

function converges(steps: readonly Step[], instant: boolean): void {
  const world = new World();
  world.put(ann, invitation([bob, cat]));
  world.deliverAll();
  play(world, steps, instant);
  const {own, organizers} = views(world);
  try {
    expect(own).toEqual(organizers);
    if (instant)
      expect(world.idle.map(message => `${message.method} ${message.to}\n${printCalendar(message.calendar)}`)).toEqual([]);
  } catch (error) {
    const texts = [...world.calendars].map(
      ([who, calendar]) => `${who}\n${printCalendar(calendar).replace(/BEGIN:VTIMEZONE[\s\S]*END:VTIMEZONE\r\n/, '')}`,
    );
    throw new Error(`${(error as Error).message}\n${log.join('\n')}\n${texts.join('\n')}`);
  }
}

const runs = Number(process.env.RUNS ?? 100);

describe('RFC 5546 §2.1: what organizer and attendees have comes to agree', () => {
  test('when each message arrives before the next change, and none is sent for nothing', {timeout: 20_000 + runs * 500}, () => {
    fc.assert(
      fc.property(fc.array(step, {maxLength: 12}), steps => converges(steps, true)),
      {numRuns: runs},
    );
  });

  test('when messages are on their way while others change things', {timeout: 20_000 + runs * 500}, () => {
    fc.assert(
      fc.property(fc.array(step, {maxLength: 14}), steps => converges(steps, false)),
      {numRuns: runs},
    );
  });
});
