import {printMonolithic} from '../../caldav/monolithic.ts';
import {contentLines} from '../../ical/content-lines.ts';
import {zoneByName} from '../../ical/time-zones.ts';
import type {HomeView, StoredCollection, StoredObject} from '../../store/store.ts';

/**
 * A calendar as a stream of iCalendar objects (RFC 5545 §3.4): one, as a rule. Objects that mean different zones by a TZID that nobody
 * else knows come in VCALENDARs of their own, for within one a TZID has one meaning.
 */
export async function* printCalendar(calendar: StoredCollection, view: HomeView): AsyncIterable<string> {
  for (const members of await groupByZones(calendar, view)) {
    // What printMonolithic looks at is who is there and what they hold.
    const part: Pick<HomeView, 'members' | 'read'> = {members: () => members, read: (path, etag) => view.read(path, etag)};
    yield* printMonolithic(calendar, part as HomeView);
  }
}

interface Group {
  readonly members: StoredObject[];
  readonly zones: Map<string, string>;
}

/** At least one, in the calendar's order; each object in the first whose zones agree with its own. */
async function groupByZones(calendar: StoredCollection, view: HomeView): Promise<StoredObject[][]> {
  const groups: Group[] = [{members: [], zones: new Map()}];
  for (const member of [...view.members(calendar.path)]) {
    if (member.collection) continue;
    const bytes = await view.read(member.path, member.etag);
    if (!bytes) continue;
    const zones = ownZones(bytes);
    let group = groups.find(one => zones.every(([tzid, text]) => (one.zones.get(tzid) ?? text) === text));
    if (!group) {
      group = {members: [], zones: new Map()};
      groups.push(group);
    }
    group.members.push(member);
    for (const [tzid, text] of zones) group.zones.set(tzid, text);
  }
  return groups.map(({members}) => members);
}

/** The VTIMEZONEs in an object whose names mean nothing by themselves: TZID and text. */
function ownZones(bytes: Uint8Array): [tzid: string, text: string][] {
  const zones: [string, string][] = [];
  let lines: string[] | undefined;
  let tzid = '';
  for (const {text} of contentLines(bytes)) {
    if (/^BEGIN\s*:\s*VTIMEZONE\s*$/i.test(text)) lines = [];
    if (!lines) continue;
    lines.push(text);
    tzid = /^TZID[^:]*:(.*)$/i.exec(text)?.[1]?.trim() ?? tzid;
    if (!/^END\s*:\s*VTIMEZONE\s*$/i.test(text)) continue;
    if (!zoneByName(tzid)) zones.push([tzid, lines.join('\n')]);
    lines = undefined;
  }
  return zones;
}
