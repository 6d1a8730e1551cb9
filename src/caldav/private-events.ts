import {type Access, accessOf} from '../ical/object-index.ts';
import {type Calendar, parseCalendar} from '../ical/parse.ts';
import {type Selection, select} from '../ical/partial.ts';
import {printCalendar} from '../ical/print.ts';
import {overlaid} from '../store/overlay.ts';
import type {HomeView} from '../store/store.ts';
import {DavError} from '../webdav/error.ts';
import type {DavContext, Extension, Resource} from '../webdav/tables.ts';
import {dav, type Name} from '../xml/names.ts';
import {validAccessRestriction, validAccessRestrictionChange} from './preconditions.ts';

/**
 * CalendarServer's private events: what X-CALENDARSERVER-ACCESS keeps from others than the owner. RFC 5545's CLASS stays what its
 * §3.8.1.3 makes it, advice to other programs: delegates and shared calendars rely on seeing what is CLASS:PRIVATE.
 */
export const privateEvents: Extension = {
  name: 'private events',
  tokens: ['calendarserver-private-events'],
  kinds: [],
  methods: [],
  properties: [],
  reports: [],
};

const nothing: readonly Name[] = [];
const writing: readonly Name[] = [dav('write')];
const everything: readonly Name[] = [dav('read'), dav('write')];

/** §4.2.3: the privileges on an object that all but its owner are denied. */
export function withheld({stored}: Resource): readonly Name[] {
  const access = stored?.collection === false ? stored.index?.access : undefined;
  return access === undefined ? nothing : access === 'PRIVATE' ? everything : writing;
}

/** A home as others see it (§4.2.2): private objects are not listed, and of any that is restricted they read the part they may see. */
export function veil<View extends HomeView>(view: View): View {
  const own: Partial<HomeView> = {
    *members(collection) {
      for (const stored of view.members(collection)) if (stored.collection || stored.index?.access !== 'PRIVATE') yield stored;
    },
    async read(path, etag) {
      if (etag !== undefined && open.has(etag)) return view.read(path, etag);
      const stored = view.find(path);
      if (!stored || stored.collection || (etag !== undefined && stored.etag !== etag)) return undefined;
      const bytes = await view.read(path, stored.etag);
      if (!bytes || !stored.index) return bytes;
      const {access} = stored.index;
      if (access !== undefined) return new TextEncoder().encode(printCalendar(visiblePart(parseCalendar(bytes), access)));
      rememberOpen(stored.etag);
      return bytes;
    },
  };
  return overlaid(view, own as Partial<View>);
}

/** ETags, which are hashes, of objects that keep nothing from anybody: that never changes. */
const open = new Set<string>();
const mostOpen = 50_000;

function rememberOpen(etag: string): void {
  if (open.size >= mostOpen) open.clear();
  open.add(etag);
}

const inAll = ['uid', 'dtstamp', 'dtstart'];
const ends = ['dtend', 'duration'];
const recurring = [...inAll, 'recurrence-id', 'sequence', 'status', 'rrule', 'rdate', 'exdate'];
const described = ['summary', 'location'];

/** §4.2.2.4: the properties that stay, by component; a time zone is all there. */
const shown: Readonly<Record<string, readonly string[]>> = {
  vevent: [...recurring, 'transp', ...ends],
  vtodo: [...recurring, 'completed', 'due', 'duration'],
  vjournal: recurring,
  vfreebusy: [...inAll, ...ends, 'freebusy'],
  vavailability: [...inAll, ...ends, 'sequence', 'busytype', 'priority'],
};

/** §4.2.2.4 and §4.2.2.5: what others see of an object; of a private one, where its time is all that is asked, no more than of others. */
function visiblePart(calendar: Calendar, access: Access): Calendar {
  const only = (names: readonly string[]) => new Map(names.map(name => [name, {value: true}]));
  const available = new Map([
    ['available', {properties: only([...recurring, ...ends]), components: new Map<string, Selection>()}],
  ]);
  const components = Object.entries(shown).map(([name, properties]): [string, Selection] => {
    const more = access === 'RESTRICTED' && name !== 'vfreebusy' ? described : [];
    return [name, {properties: only([...properties, ...more]), components: name === 'vavailability' ? available : new Map()}];
  });
  const timezone: [string, Selection] = ['vtimezone', {properties: undefined, components: undefined}];
  return select(calendar, {
    properties: only(['prodid', 'version', 'calscale', 'x-calendarserver-access']),
    components: new Map([...components, timezone]),
  });
}

/**
 * §4.2.6: an object says one of the values that there are, and only its owner may have it say another than PUBLIC. Throws DavError
 * CS:valid-access-restriction or CS:valid-access-restriction-change.
 */
export function requireAccess(
  calendar: Calendar,
  parent: Resource,
  {limits, isTrusted = () => true}: Pick<DavContext, 'limits'> & Partial<Pick<DavContext, 'isTrusted'>>,
): void {
  if (!limits.privateEvents) return;
  const said = calendar.component.getAllProperties('x-calendarserver-access').map(property => property.getFirstValue());
  if (said.length > 1 || said.some(value => !/^(?:PUBLIC|PRIVATE|CONFIDENTIAL|RESTRICTED)$/i.test(String(value).trim()))) {
    throw new DavError(validAccessRestriction, {message: 'X-CALENDARSERVER-ACCESS has one value, of those that there are.'});
  }
  if (accessOf(calendar) && !isTrusted(parent)) {
    throw new DavError(validAccessRestrictionChange, {message: 'Only the owner of a calendar keeps events in it from others.'});
  }
}
