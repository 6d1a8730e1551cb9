import type {Principal} from '../../accounts/principal.ts';
import type {HomeView, StoredCollection} from '../../store/store.ts';
import {DavError} from '../../webdav/error.ts';
import {parseHref, printPath, printSegment} from '../../webdav/href.ts';
import {principal} from '../../webdav/kinds/principal.ts';
import {findPrincipal} from '../../webdav/principals.ts';
import {homeHref} from '../../webdav/privileges.ts';
import {type DavContext, type LiveProperty, properties, type Resource} from '../../webdav/tables.ts';
import {child, type Element, element, elements, text} from '../../xml/element.ts';
import {caldav, dav, type Name} from '../../xml/names.ts';
import {printAlone} from '../../xml/print.ts';
import {componentsOf} from '../component-set.ts';
import {calendarsIn, defaultCalendar, defaultCalendarProperties, type Invited} from '../default-calendar.ts';
import {isTransparent} from '../free-busy-set.ts';
import {inbox} from '../kinds.ts';
import {validScheduleDefaultCalendarUrl} from '../preconditions.ts';
import {calendarHomeId} from '../provision.ts';
import {inboxIn, outboxIn} from '../scheduling-collection.ts';

/** RFC 6638 §2: where scheduling takes place. By GUID, so that it holds when the principal's name changes. */
export const schedulingPrincipalProperties = properties(
  [principal],
  [
    {name: caldav('schedule-outbox-URL'), allprop: false, get: urlOf('outbox', outboxIn)}, // §2.1.1
    {name: caldav('schedule-inbox-URL'), allprop: false, get: urlOf('inbox', inboxIn)}, // §2.2.1
  ],
);

/** RFC 6638 §9: properties of the Inbox. */
export const inboxProperties = properties(
  [inbox],
  [
    defaultCalendarProperty('VEVENT'), // §9.2
    defaultCalendarProperty('VTODO'),
    {
      // The drafts': the calendars that make busy. Now each calendar says so itself, by CALDAV:schedule-calendar-transp (§9.1).
      name: caldav('calendar-free-busy-set'),
      allprop: false,
      get: ({resource}) => {
        const opaque = busyCalendars(resource.view!).filter(stored => !isTransparent({stored}));
        return opaque.map(stored => element(dav('href'), hrefOf(stored, resource)));
      },
      set: (value, {context, resource}) => {
        if (!value) throw new DavError(403, {message: 'Which calendars make busy can be changed, and not be left open.'});
        namedIn(value, resource, context);
        return value;
      },
      async apply(value, {context, resource}) {
        const named = new Set(namedIn(value!, resource, context).map(({path}) => path));
        for (const stored of busyCalendars(resource.view!)) {
          if (named.has(stored.path) !== isTransparent({stored})) continue;
          const said = element(transp, element(named.has(stored.path) ? caldav('opaque') : caldav('transparent')));
          context.unit!.setProperties(stored.path, new Map([[transp, printAlone(said)]]));
        }
      },
    },
  ],
);

const transp = caldav('schedule-calendar-transp');

function urlOf(usual: string, find: (view: HomeView) => StoredCollection | undefined): LiveProperty['get'] {
  return async ({resource: {owner}, context}) => {
    if (!owner?.calendars) return undefined;
    const view = await context.store.view(calendarHomeId(owner));
    return element(dav('href'), printPath(['calendars', '__uids__', owner.guid, (view && find(view)?.path) ?? usual], true));
  };
}

/** Kept with the calendar's resource id, so that it holds when that is moved. */
function defaultCalendarProperty(component: Invited): LiveProperty {
  const name: Name = defaultCalendarProperties[component];
  return {
    name,
    allprop: false,
    get: ({resource}) => {
      const stored = defaultCalendar(resource.view!, component);
      return stored && element(dav('href'), hrefOf(stored, resource));
    },
    set: (value, {context, resource}) => {
      const href = value && child(value, dav('href'));
      if (!href) return undefined;
      const stored = calendarAt(text(href), resource, context);
      if (!stored || !componentsOf(stored).includes(component)) {
        throw new DavError(validScheduleDefaultCalendarUrl, {
          message: `What invitations come into is a calendar of the same home that takes ${component}.`,
        });
      }
      return {name, attributes: {'resource-id': stored.resourceId}, children: [href]};
    },
  };
}

/** Those that hold events; lists of tasks make nobody busy. */
function busyCalendars(view: HomeView): StoredCollection[] {
  return [...calendarsIn(view, '')].filter(each => componentsOf(each).includes('VEVENT'));
}

function namedIn(value: Element, inboxResource: Resource, context: DavContext): StoredCollection[] {
  return elements(value, dav('href')).map(href => {
    const stored = calendarAt(text(href), inboxResource, context);
    if (!stored) throw new DavError(409, {message: `${text(href)} is no calendar of the same home.`});
    return stored;
  });
}

/** The calendar in the home of an Inbox that an href names. */
function calendarAt(
  href: string,
  {owner, view}: Resource,
  {hosts, directory}: Pick<DavContext, 'hosts' | 'directory'>,
): StoredCollection | undefined {
  const [tree, form, name, ...names] = segmentsOf(href, hosts);
  const found: Principal | undefined =
    tree === 'calendars' && name !== undefined ? findPrincipal(form!, name, directory) : undefined;
  const stored = found?.guid === owner!.guid && names.length > 0 ? view!.find(names.join('/')) : undefined;
  return stored?.collection && stored.types.includes(caldav('calendar')) ? stored : undefined;
}

function segmentsOf(href: string, hosts: ReadonlySet<string>): readonly string[] {
  try {
    return parseHref(href.trim(), hosts);
  } catch (error) {
    if (error instanceof DavError) return [];
    throw error;
  }
}

function hrefOf({path}: StoredCollection, resource: Resource): string {
  return `${homeHref(resource)}${path.split('/').map(printSegment).join('/')}/`;
}
