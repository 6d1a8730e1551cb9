import {componentSet, componentsIn, supportedComponents, usualComponents} from '../../scheduling/component-set.ts';
import {inbox, outbox} from '../../scheduling/kinds.ts';
import {DavError} from '../../webdav/error.ts';
import {printPath} from '../../webdav/href.ts';
import {collection} from '../../webdav/kinds/collection.ts';
import {principal} from '../../webdav/kinds/principal.ts';
import {kept, properties} from '../../webdav/tables.ts';
import {type Element, element} from '../../xml/element.ts';
import {caldav, dav} from '../../xml/names.ts';
import {calendarFormats, dataElement} from '../calendar-format.ts';
import {dateLimits} from '../date-limits.ts';
import {collations} from '../filter/collation.ts';
import {calendar, calendarHome, calendarObject} from '../kinds.ts';
import {supportedCalendarComponent} from '../preconditions.ts';
import {parseTimezone, printTimezone} from '../timezone.ts';

const number = (limit: number) => (limit > 0 ? String(limit) : undefined);

/** RFC 4791 §5.2: properties of a calendar collection. */
export const calendarProperties = properties(
  [calendar],
  [
    {
      name: caldav('calendar-description'), // §5.2.1
      allprop: false,
      get: of => kept(caldav('calendar-description'), of),
      set: value => value,
    },
    {
      name: caldav('calendar-timezone'), // §5.2.2
      allprop: false,
      get: of => printTimezone(kept(caldav('calendar-timezone'), of), of.asked),
      set: value => value && parseTimezone(value),
    },
    {
      name: caldav('supported-calendar-component-set'), // §5.2.3: protected, save while the calendar is made
      allprop: false,
      get: of => kept(caldav('supported-calendar-component-set'), of) ?? componentSet(usualComponents).children,
      initial: value => value && componentSet(requireComponents(value)),
    },
    {
      name: caldav('supported-calendar-data'), // §5.2.4
      allprop: false,
      get: () => calendarFormats.map(format => dataElement(format)),
    },
    {name: caldav('max-resource-size'), allprop: false, get: ({context}) => number(context.limits.maxResourceSizeBytes)}, // §5.2.5
    {name: caldav('min-date-time'), allprop: false, get: ({context}) => dateLimits(context.limits).min}, // §5.2.6
    {name: caldav('max-date-time'), allprop: false, get: ({context}) => dateLimits(context.limits).max}, // §5.2.7
    {name: caldav('max-instances'), allprop: false, get: ({context}) => number(context.limits.maxInstances)}, // §5.2.8
    {
      name: caldav('max-attendees-per-instance'), // §5.2.9
      allprop: false,
      get: ({context}) => number(context.limits.maxAttendeesPerInstance),
    },
  ],
);

/** RFC 6638 §2.1 and §2.2: those that Inbox and Outbox have too; not the types of component, by which programs know calendars. */
export const schedulingCollectionProperties = properties(
  [inbox, outbox],
  calendarProperties.rows.filter(({name}) => /supported-calendar-data|max-|min-/.test(name)),
);

/** RFC 4791 §6.2: where a principal's calendars lie. By GUID, so that it holds when the principal's name changes. */
export const calendarHomeProperties = properties(
  [principal],
  [
    {
      name: caldav('calendar-home-set'), // §6.2.1
      allprop: false,
      get: ({resource: {owner}}) =>
        owner?.calendars ? element(dav('href'), printPath(['calendars', '__uids__', owner.guid], true)) : undefined,
    },
  ],
);

/** RFC 4791 §7.5.1: the collations that calendar-query knows, on whatever answers it. */
export const collationProperties = properties(
  [calendar, calendarHome, calendarObject, collection],
  [
    {
      name: caldav('supported-collation-set'),
      allprop: false,
      get: () => [...collations.keys()].map(name => element(caldav('supported-collation'), name)),
    },
  ],
);

/** The types asked for that this server keeps. Throws DavError where that is none. */
function requireComponents(set: Element): string[] {
  const components = componentsIn(set).filter(component => supportedComponents.includes(component));
  if (components.length === 0) {
    throw new DavError(supportedCalendarComponent, {
      message: `A calendar holds one or more of ${supportedComponents.join(', ')}.`,
    });
  }
  return [...new Set(components)];
}
