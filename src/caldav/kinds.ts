import type {Principal} from '../accounts/principal.ts';
import {inbox} from '../scheduling/kinds.ts';
import {readFreeBusy} from '../scheduling/privileges.ts';
import {calendarHomeId, hasScheduling, provisionHome} from '../scheduling/provision.ts';
import {schedule} from '../scheduling/schedule.ts';
import {scheduleTagHeader} from '../scheduling/schedule-tag.ts';
import type {HomeView} from '../store/store.ts';
import {printPath} from '../webdav/href.ts';
import {findPrincipal, principalTypes} from '../webdav/principals.ts';
import type {DavContext, Kind, Resource} from '../webdav/tables.ts';
import {caldav, dav} from '../xml/names.ts';
import {admit} from './admit/admit.ts';
import {refuseCollection, requireRoomForCollection} from './admit/admit-collection.ts';
import {calendarBulk} from './bulk.ts';
import {calendarFormats} from './calendar-format.ts';
import {noHome} from './no-home.ts';
import {veil, withheld} from './private-events.ts';
import {sentTimezones} from './sent-timezones.ts';

/** `/calendars/`: the trees of homes, one by GUID and one by name for each type of principal. */
export const calendarHomes: Kind = {
  name: 'calendar homes',
  resourcetype: [dav('collection')],
  pattern: '/calendars/',
  leads: true,
  find: () => ({kind: calendarHomes, href: '/calendars/'}),
  *members() {
    for (const form of forms) yield {kind: calendarHomesOf, href: printPath(['calendars', form], true)};
  },
};

/** `/calendars/__uids__/`, `/calendars/users/` and so on. Only the home of the one who asks is listed: opening all would take long. */
export const calendarHomesOf: Kind = {
  name: 'calendar homes',
  resourcetype: [dav('collection')],
  pattern: '/calendars/:form/',
  leads: true,
  find: ({form}) =>
    forms.some(each => each === form) ? {kind: calendarHomesOf, href: printPath(['calendars', form!], true)} : undefined,
  async *members({href}, context) {
    const form = href.split('/')[2]!;
    const {principal} = context;
    if (!principal || (form !== '__uids__' && form !== principal.type)) return;
    const home = await findHome(form, form === '__uids__' ? principal.guid : principal.uids[0]!, principal, context);
    if (home) yield home;
  },
};

/** RFC 4791 §6.2.1: where the calendars of one principal lie. Ordinary collections may lie there too. */
export const calendarHome: Kind = {
  name: 'calendar home',
  resourcetype: [dav('collection')],
  pattern: '/calendars/:form/:name/',
  find: ({form, name}, context) => {
    const principal = findPrincipal(form!, name!, context.directory);
    return principal && findHome(form!, name!, principal, context);
  },
  admitCollection: requireRoomForCollection,
  veil,
};

/** RFC 7809 §7.1. */
const byTimezones: Kind['adapts'] = {header: 'CalDAV-Timezones', to: sentTimezones};

/** RFC 4791 §4.2: a calendar collection. */
export const calendar: Kind = {
  name: 'calendar',
  resourcetype: [dav('collection'), caldav('calendar')],
  stored: stored => stored.collection && stored.types.includes(caldav('calendar')),
  makeable: true,
  bequeaths: true,
  // As CalendarServer has it: whoever has an account may see when others are busy, until they say otherwise.
  granted: [{who: 'authenticated', verb: 'grant', privileges: [readFreeBusy]}],
  forms: calendarFormats,
  adapts: byTimezones,
  admit,
  admitCollection: refuseCollection,
  bulk: calendarBulk,
  schedule,
};

/** RFC 4791 §4.1: a calendar object resource; in an Inbox a message (RFC 6638 §2.2). */
export const calendarObject: Kind = {
  name: 'calendar object',
  resourcetype: [],
  forms: calendarFormats,
  adapts: byTimezones,
  stored: (stored, parent) => !stored.collection && (parent === calendar || parent === inbox),
  withholds: withheld,
  versions: scheduleTagHeader,
};

const forms = ['__uids__', ...principalTypes];

/**
 * A principal's home, its href in the form asked for; undefined where the principal has none. It is made when it is first reached by
 * somebody who may read it; to others it is one in which nothing is.
 */
async function findHome(
  form: string,
  name: string,
  owner: Principal,
  {store, may, log}: DavContext,
): Promise<Resource | undefined> {
  if (!owner.calendars) return undefined;
  const segment = form === '__uids__' ? owner.guid : name;
  const href = printPath(['calendars', form, segment], true);
  const seen = (view: HomeView): Resource => ({
    kind: calendarHome,
    href,
    owner,
    view,
    // Of a request that writes, the unit of work looks at it.
    get stored() {
      return view.find('')!;
    },
  });
  const id = calendarHomeId(owner);
  const view = await store.view(id);
  if (view && hasScheduling(view)) return seen(view);
  const found = seen(view ?? noHome(id));
  if (!may(dav('read'), found)) return found;
  try {
    await provisionHome(store, owner);
  } catch (error) {
    // What an older home has can be read where the disk is full.
    if (!view) throw error;
    log.warn({err: error, home: id}, 'a home could not be given an Inbox and an Outbox');
    return found;
  }
  const made = await store.view(id);
  return made && seen(made);
}
