import {describe, expect, test} from 'vitest';
import {event, printInvitations} from '../../bench/invite.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {attendeesIn, organizerIn} from '../../src/itip/parties.ts';

describe('npm run bench -- --invite', () => {
  test('invites everybody, or, to compare with, has as many people in it whom nobody invites', () => {
    const people = ['mailto:a@example.com', 'mailto:b@example.com'];
    const [invites, plain] = [event('u', people), event('u', people, {organizer: false})].map(text => parseCalendar(text));
    expect([...attendeesIn(invites!).values()]).toEqual(people);
    expect(organizerIn(invites!)).toBe('mailto:bench@example.com');
    expect(attendeesIn(plain!).size).toBe(2);
    expect(organizerIn(plain!)).toBeUndefined();
  });

  test('tells how many PUTs the one that invites is', () => {
    const options = {attendees: 1, elsewhere: 0, workers: 1, mail: false, repetitions: 1};
    const steps = [{name: 'invite', answeredMs: 30, deliveredMs: 2000, cpuMsEach: 4, mostMiB: 300}];
    const text = printInvitations({...options, ordinaryMs: 10, sameBytesMs: 15, restingMiB: 200, steps});
    expect(text).toContain('invite: answered in 30 ms, delivered 2.0 s later, 4.0 ms of processor each, 300 MiB at most');
    expect(text).toContain('3.0 ordinary PUTs, 2.0 of as many bytes');
  });
});
