import {type BenchEvent, type Range, ranges, utc, within} from './data.ts';
import {place, type Request} from './load.ts';

/** What workloads are made of: the calendars as they were loaded. */
export interface Ground {
  readonly principal: string;
  readonly home: string;
  /** The calendar that is read, and its events. */
  readonly calendar: string;
  readonly events: readonly BenchEvent[];
  /** The calendar that is written to, and its events. */
  readonly put: string;
  readonly putEvents: readonly BenchEvent[];
  /** Sync tokens of `calendar`: now, and as it was before ten changes. */
  readonly token: string;
  readonly oldToken: string;
  /** Different in each run, so that no UID comes twice. */
  readonly run: string;
}

/** A row of the table of workloads. */
export interface Workload {
  readonly id: string;
  readonly title: string;
  /** So many requests belong together; 1 where it is not said. */
  readonly cycle?: number;
  requests(ground: Ground): Request[];
  /** What is wrong with the answer to the request at `at`; undefined: nothing. */
  check(ground: Ground, at: number, answer: Answer): string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The workloads, in the order they are run; those that change the calendar that is read come last. */
export const workloads: readonly Workload[] = [
  {
    id: 'W1',
    title: 'PROPFIND, one calendar: CTag and sync token',
    requests: ({calendar}) => [ctag(calendar)],
    check: (_ground, _at, answer) => multistatus(answer, 1) ?? holds(answer, 'getctag', 'sync-token'),
  },
  {
    id: 'W2',
    title: 'PROPFIND Depth 1: all ETags',
    requests: ({calendar}) => [propfind(calendar, '1', '<D:getetag/>')],
    check: ({events}, _at, answer) => multistatus(answer, events.length + 1),
  },
  {
    id: 'W3',
    title: 'calendar-multiget of 50',
    requests: ({calendar, events}) => groups(events, 50, 20).map(group => multiget(calendar, group)),
    check: ({events}, at, answer) => objects(answer, groups(events, 50, 20)[at]!),
  },
  {
    id: 'W4',
    title: 'calendar-query of a month',
    requests: ({calendar}) => ranges().map(range => query(calendar, range)),
    check: ({events}, at, answer) => objects(answer, within(events, ranges()[at]!)),
  },
  {
    id: 'W4-3d',
    title: 'calendar-query of three days',
    requests: ({calendar}) => ranges(3).map(range => query(calendar, range)),
    check: ({events}, at, answer) => objects(answer, within(events, ranges(3)[at]!)),
  },
  {
    id: 'W5-empty',
    title: 'sync-collection, nothing new',
    requests: ({calendar, token}) => [sync(calendar, token)],
    check: (_ground, _at, answer) => multistatus(answer, 0),
  },
  {
    id: 'W5-d10',
    title: 'sync-collection, ten changes',
    requests: ({calendar, oldToken}) => [sync(calendar, oldToken)],
    check: (_ground, _at, answer) => multistatus(answer, 10),
  },
  {
    id: 'W5-init',
    title: 'sync-collection, the first',
    requests: ({calendar}) => [sync(calendar, '')],
    check: ({events}, _at, answer) => multistatus(answer, events.length),
  },
  {
    id: 'W6',
    title: 'GET of an event',
    requests: ({calendar, events}) => events.slice(0, 1000).map(({name}) => ({method: 'GET', path: calendar + name})),
    check: ({events}, at, answer) => (answer.status === 200 ? holds(answer, events[at]!.uid) : `status ${answer.status}`),
  },
  {
    id: 'W8',
    title: 'a phone’s round: principal, home, CTag, sync, multiget of 10 (per request)',
    cycle: 5,
    requests: ground => groups(ground.events, 10, 20).flatMap(group => round(ground, group)),
    check: ({events}, at, answer) =>
      at % 5 === 4
        ? objects(answer, groups(events, 10, 20)[(at - 4) / 5]!)
        : answer.status === 207
          ? undefined
          : `status ${answer.status}`,
  },
  {
    id: 'W9',
    title: 'free-busy-query of a month',
    requests: ({calendar}) => ranges().map(range => freeBusy(calendar, range)),
    check: (_ground, _at, answer) => (answer.status === 200 ? holds(answer, 'FREEBUSY') : `status ${answer.status}`),
  },
  {
    id: 'W7-new',
    title: 'PUT of a new event',
    requests: ({put, putEvents, run}) => {
      const {text, uid} = putEvents.find(({recurring}) => !recurring)!;
      const name = `new-${run}-${place}`;
      return [{method: 'PUT', path: `${put}${name}.ics`, body: text.replaceAll(uid, name)}];
    },
    check: (_ground, _at, {status}) => (status === 201 ? undefined : `status ${status}`),
  },
  {
    id: 'W7-upd',
    title: 'PUT of an event that is there, 200 in turn',
    requests: ({put, putEvents}) => putEvents.slice(0, 200).map(event => update(put, event)),
    check: (_ground, _at, {status}) => (status === 204 || status === 201 || status === 200 ? undefined : `status ${status}`),
  },
  cold('C1', 'W1'),
  cold('C2', 'W2'),
  cold('C4', 'W4'),
  cold('C9', 'W9'),
];

/** A workload whose every request comes right after a PUT into the calendar that it asks about: two requests a pair. */
function cold(id: string, of: string): Workload {
  const warm = () => workloads.find(row => row.id === of)!;
  return {
    id,
    title: `${of}, each after a PUT into that calendar (per request)`,
    cycle: 2,
    requests(ground) {
      const asked = warm().requests(ground);
      const single = ground.events.filter(({recurring}) => !recurring);
      return Array.from({length: Math.max(16, asked.length)}, (_, at) => [
        update(ground.calendar, single[at % single.length]!),
        asked[at % asked.length]!,
      ]).flat();
    },
    check(ground, at, answer) {
      if (at % 2 === 0) return answer.status < 300 ? undefined : `status ${answer.status}`;
      return warm().check(ground, ((at - 1) / 2) % warm().requests(ground).length, answer);
    },
  };
}

const names = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/"';

export const propfind = (path: string, depth: '0' | '1', properties: string): Request => ({
  method: 'PROPFIND',
  path,
  depth,
  body: `<D:propfind ${names}><D:prop>${properties}</D:prop></D:propfind>`,
});

export const ctag = (path: string) => propfind(path, '0', '<D:displayname/><S:getctag/><D:sync-token/>');

const report = (path: string, body: string): Request => ({method: 'REPORT', path, depth: '1', body});

const withData = '<D:prop><D:getetag/><C:calendar-data/></D:prop>';

export function multiget(path: string, events: readonly BenchEvent[]): Request {
  const hrefs = events.map(({name}) => `<D:href>${path}${name}</D:href>`).join('');
  return report(path, `<C:calendar-multiget ${names}>${withData}${hrefs}</C:calendar-multiget>`);
}

export function query(path: string, {start, end}: Range): Request {
  const range = `<C:time-range start="${utc(start)}" end="${utc(end)}"/>`;
  const filter = `<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">${range}</C:comp-filter></C:comp-filter>`;
  return report(path, `<C:calendar-query ${names}>${withData}<C:filter>${filter}</C:filter></C:calendar-query>`);
}

export function sync(path: string, token: string): Request {
  const body = `<D:sync-token>${token}</D:sync-token><D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop>`;
  return {...report(path, `<D:sync-collection ${names}>${body}</D:sync-collection>`), depth: '0'};
}

function freeBusy(path: string, {start, end}: Range): Request {
  return report(path, `<C:free-busy-query ${names}><C:time-range start="${utc(start)}" end="${utc(end)}"/></C:free-busy-query>`);
}

/** Another text each time, of the same event at the same time. */
export function update(path: string, {name, text}: BenchEvent): Request {
  return {method: 'PUT', path: path + name, body: text.replace('SUMMARY:', `SUMMARY:${place} `)};
}

function round({principal, home, calendar, token}: Ground, events: readonly BenchEvent[]): Request[] {
  return [
    propfind(principal, '0', '<D:current-user-principal/><C:calendar-home-set/><D:displayname/>'),
    propfind(home, '1', '<D:resourcetype/><D:displayname/><S:getctag/><D:sync-token/><C:supported-calendar-component-set/>'),
    ctag(calendar),
    sync(calendar, token),
    multiget(calendar, events),
  ];
}

/** At most `count` groups of `size`, none with an event twice, spread over all events. */
function groups(events: readonly BenchEvent[], size: number, count: number): BenchEvent[][] {
  const stride = Math.floor(events.length / size);
  return Array.from({length: Math.min(count, stride)}, (_, at) => Array.from({length: size}, (_, n) => events[at + n * stride]!));
}

/** Undefined where it is a multistatus of so many responses. */
function multistatus({status, body}: Answer, responses: number): string | undefined {
  if (status !== 207) return `status ${status}`;
  const found = body.match(/<\/(?:\w+:)?response>/g)?.length ?? 0;
  return found === responses ? undefined : `${found} responses instead of ${responses}`;
}

/** Undefined where just these events have come, with their data. */
function objects(answer: Answer, events: readonly BenchEvent[]): string | undefined {
  return multistatus(answer, events.length) ?? holds(answer, ...events.map(({uid}) => `UID:${uid}`));
}

function holds({body}: Answer, ...texts: string[]): string | undefined {
  const missing = texts.find(text => !body.includes(text));
  return missing === undefined ? undefined : `${missing} is missing`;
}
