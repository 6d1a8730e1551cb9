import type {Answer} from '../../support/client.ts';
import type {Held} from '../../support/replica.ts';
import type {Account, Handheld} from './account.ts';

/** How a client invites and answers: what it sends beside the event, and how it writes an event. */
export interface Habits {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What it says of the version that it has changed. */
  condition(held: Held): Record<string, string>;
  /** PUT, and what it looks at afterwards; `held` undefined: it is new. */
  store(device: Handheld, href: string, text: string, held: Held | undefined): Promise<Answer>;
  /** The lines of an organizer, who takes part, and of who is invited. */
  people(organizer: Account, attendees: readonly Account[]): string[];
  readonly tzid: string;
  /** Lines of a new event besides. */
  readonly extra: readonly string[];
  /** Whether it raises SEQUENCE with each change that it stores as organizer. */
  readonly raisesSequence: boolean;
  /** What it does to its own ATTENDEE line when it answers. */
  answered(line: string, partstat: string): string;
  /** How it takes one day out of a series. */
  exdate(day: string): string;
  /** What becomes of all that it stores; undefined: nothing. */
  readonly rewritten?: (text: string) => string;
}

const setPartstat = (line: string, partstat: string) =>
  line.replace(/;PARTSTAT=[A-Z-]+/, '').replace(':', `;PARTSTAT=${partstat}:`);
const withoutRsvp = (line: string) => line.replace(/;RSVP=\w+/, '');

const calendarType = {'content-type': 'text/calendar; charset=utf-8'};

async function put({account, calendar}: Handheld, href: string, text: string, headers: Record<string, string>) {
  const answer = await account.client.put(href, text, {...account.habits.headers, ...calendarType, ...headers});
  // Whoever is answered no ETag asks for what was stored; these do in any case.
  if (answer.status < 300) await calendar.fetch(href);
  return answer;
}

const byEtag = ({etag}: Held): Record<string, string> => (etag === undefined ? {} : {'if-match': etag});
const byScheduleTag = ({scheduleTag = ''}: Held) => ({'if-schedule-tag-match': scheduleTag});

/** Goes by ETags alone, and fetches what it has stored by multiget. */
export const thunderbird: Habits = {
  name: 'Thunderbird',
  headers: {'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0', accept: 'text/xml'},
  condition: byEtag,
  store: (device, href, text, held) => put(device, href, text, held ? byEtag(held) : {'if-none-match': '*'}),
  people: (organizer, attendees) => [
    `ORGANIZER;CN=${organizer.name};PARTSTAT=ACCEPTED;ROLE=CHAIR:${organizer.address}`,
    ...attendees.map(({name, address}) => `ATTENDEE;CN=${name};PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:${address}`),
  ],
  tzid: 'Europe/Berlin',
  extra: ['X-MOZ-SEND-INVITATIONS:TRUE', 'X-MOZ-SEND-INVITATIONS-UNDISCLOSED:FALSE', 'X-MOZ-GENERATION:1', 'TRANSP:OPAQUE'],
  raisesSequence: false,
  answered: (line, partstat) => setPartstat(withoutRsvp(line), partstat),
  exdate: day => `EXDATE;TZID=Europe/Berlin:${day}T100000`,
};

/** Raises SEQUENCE whenever it stores, and leaves days out as DATEs. */
export const evolution: Habits = {
  name: 'Evolution',
  headers: {'user-agent': 'Evolution/3.46.4', 'cache-control': 'no-cache', pragma: 'no-cache'},
  condition: byEtag,
  store: (device, href, text, held) => put(device, href, text, held ? byEtag(held) : {'if-none-match': '*'}),
  people: (organizer, attendees) => [
    `ORGANIZER;CN=${organizer.name}:MAILTO:${organizer.name}@example.com`,
    `ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE;CN=${organizer.name};LANGUAGE=en:MAILTO:${organizer.name}@example.com`,
    ...attendees.map(
      ({name}) =>
        `ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=${name};LANGUAGE=en:MAILTO:${name}@example.com`,
    ),
  ],
  tzid: '/freeassociation.sourceforge.net/Europe/Berlin',
  extra: ['CLASS:PUBLIC', 'TRANSP:OPAQUE', 'X-EVOLUTION-CALDAV-HREF:http://example.com/x.ics'],
  raisesSequence: true,
  answered: (line, partstat) => setPartstat(line, partstat),
  exdate: day => `EXDATE;VALUE=DATE:${day}`,
};

/** Goes by Schedule-Tags, also where it has none; names people by more than their address. */
export const macos: Habits = {
  name: 'macOS Calendar',
  headers: {'user-agent': 'macOS/14.5 (23F79) CalendarAgent/988', accept: '*/*', 'accept-language': 'en-us'},
  condition: byScheduleTag,
  store: (device, href, text, held) => put(device, href, text, held ? byScheduleTag(held) : {'if-none-match': '*'}),
  people: (organizer, attendees) => [
    `ORGANIZER;CN="${organizer.name}";EMAIL="${organizer.name}@example.com":${organizer.address}`,
    `ATTENDEE;CN="${organizer.name}";CUTYPE=INDIVIDUAL;EMAIL="${organizer.name}@example.com";PARTSTAT=ACCEPTED;ROLE=CHAIR:${organizer.address}`,
    ...attendees.map(
      ({name, address}) =>
        `ATTENDEE;CN="${name}";CUTYPE=INDIVIDUAL;EMAIL="${name}@example.com";PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:${address}`,
    ),
  ],
  tzid: 'Europe/Berlin',
  extra: ['X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC', 'TRANSP:OPAQUE', 'SEQUENCE:0'],
  raisesSequence: true,
  answered: (line, partstat) => setPartstat(withoutRsvp(line), partstat),
  exdate: day => `EXDATE;TZID=Europe/Berlin:${day}T100000`,
};

/** As macOS, with its own way to write who answers. */
export const ios: Habits = {
  ...macos,
  name: 'iOS Calendar',
  headers: {'user-agent': 'iOS/17.5.1 (21F90) dataaccessd/1.0', accept: '*/*', 'accept-language': 'en-us'},
  extra: ['X-APPLE-CREATOR-IDENTITY:com.apple.mobilecal', 'X-APPLE-CREATOR-TEAM-IDENTITY:0000000000', 'SEQUENCE:0'],
};

/** Goes by Schedule-Tags where there are any; an Android calendar has no DTEND where something recurs, nor what a server says of people. */
export const davx5: Habits = {
  name: 'DAVx5',
  headers: {'user-agent': 'DAVx5/4.4.2-ose (dav4jvm; okhttp/4.12.0) Android/14'},
  condition: held => (held.scheduleTag === undefined ? byEtag(held) : byScheduleTag(held)),
  store: (device, href, text, held) => put(device, href, text, held ? davx5.condition(held) : {'if-none-match': '*'}),
  people: (organizer, attendees) => [
    `ORGANIZER:${organizer.address}`,
    ...attendees.map(({address}) => `ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT:${address}`),
  ],
  tzid: 'Europe/Berlin',
  extra: ['STATUS:CONFIRMED'],
  raisesSequence: true,
  answered: (line, partstat) => setPartstat(withoutRsvp(line), partstat),
  exdate: day => `EXDATE;TZID=Europe/Berlin:${day}T100000`,
  rewritten: text =>
    text
      .replace(/^DTEND.*\r\n/gm, 'DURATION:P0DT1H0M0S\r\n')
      .replace(/^((?:ATTENDEE|ORGANIZER).*?);SCHEDULE-STATUS=[^;:]*/gm, '$1')
      .replace(/^(ATTENDEE.*?);CN=[^;:]*/gm, '$1'),
};
