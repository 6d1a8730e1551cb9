import {describe, expect, test} from 'vitest';
import {parseCalendar} from '../../src/ical/parse.ts';
import {attendeesOf, parameter, partstatOf} from '../../src/itip/parties.ts';
import {excludedIn, partsOf, seriesOf, setExcluded, setProperty} from '../../src/itip/series.ts';
import {vcalendar} from '../ical/text.ts';
import {agenda, ann, bob, cat, World} from './world.ts';

const lunch = (...more: string[]) =>
  parseCalendar(
    vcalendar(
      'BEGIN:VEVENT',
      'UID:9263504FD3AD',
      'DTSTAMP:20090602T185254Z',
      'DTSTART:20090602T160000Z',
      'DURATION:PT1H',
      'SUMMARY:Lunch',
      `ORGANIZER:${ann}`,
      `ATTENDEE;PARTSTAT=ACCEPTED:${ann}`,
      `ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:${bob}`,
      `ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:${cat}`,
      ...more,
      'END:VEVENT',
    ),
  );

function answer(world: World, who: string, partstat: string): void {
  world.edit(who, calendar => {
    for (const part of partsOf(seriesOf(calendar)))
      for (const each of attendeesOf(part)) if (each[3] === who) each[1] = {partstat};
  });
}

const statuses = (world: World, who: string) =>
  attendeesOf(partsOf(seriesOf(world.calendars.get(ann)!))[0]!)
    .filter(each => each[3] === who)
    .map(each => [partstatOf(each), parameter(each, 'schedule-status')]);

describe('RFC 6638 Appendix B, from one calendar into the others', () => {
  test('an organizer invites, and attendees have it', () => {
    const world = new World();
    world.put(ann, lunch());
    expect(world.queues.get(ann)!.map(({method, to}) => [method, to])).toEqual([
      ['REQUEST', bob],
      ['REQUEST', cat],
    ]);
    world.deliverAll();
    expect(agenda(world.calendars.get(bob), bob)).toEqual({once: '2009-06-02T16:00:00.000Z Lunch NEEDS-ACTION'});
  });

  test('an attendee answers, and the organizer has that', () => {
    const world = new World();
    world.put(ann, lunch());
    world.deliverAll();
    answer(world, bob, 'ACCEPTED');
    world.deliverAll();
    expect(statuses(world, bob)).toEqual([['ACCEPTED', '2.0']]);
    expect(statuses(world, cat)).toEqual([['NEEDS-ACTION', undefined]]);
  });

  test('an instance is taken out of a series, which everybody answers who sees it', () => {
    const world = new World();
    world.put(ann, lunch('RRULE:FREQ=DAILY;COUNT=3'));
    world.deliverAll();
    answer(world, bob, 'ACCEPTED');
    world.deliverAll();
    world.edit(bob, calendar => {
      const series = seriesOf(calendar);
      setExcluded(series, excludedIn(series).add(Date.UTC(2009, 5, 3, 16)));
    });
    world.deliverAll();
    expect(agenda(world.calendars.get(ann), bob)).toMatchObject({
      '2009-06-03T16:00:00.000Z': expect.stringContaining('DECLINED'),
    });
    world.edit(ann, calendar => setProperty(seriesOf(calendar).master!, 'summary', ['summary', {}, 'text', 'Supper']));
    world.deliverAll();
    expect(Object.keys(agenda(world.calendars.get(bob), bob))).toEqual(['2009-06-02T16:00:00.000Z', '2009-06-04T16:00:00.000Z']);
  });
});
