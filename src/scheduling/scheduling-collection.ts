import type {HomeView, StoredCollection} from '../store/store.ts';
import {caldav, type Name} from '../xml/names.ts';

/** RFC 6638 §2.2: where messages come in; undefined: the home is older than scheduling here, and has none yet. */
export function inboxIn(view: HomeView): StoredCollection | undefined {
  return schedulingCollection(view, caldav('schedule-inbox'));
}

/** RFC 6638 §2.1: where messages go out. */
export function outboxIn(view: HomeView): StoredCollection | undefined {
  return schedulingCollection(view, caldav('schedule-outbox'));
}

/** Whether it is one of the two, which every home has. */
export function isScheduling({types}: StoredCollection): boolean {
  return types.includes(caldav('schedule-inbox')) || types.includes(caldav('schedule-outbox'));
}

/** The collection of this type in a home: by its usual name, `inbox` or `outbox`, else wherever it is. */
export function schedulingCollection(view: HomeView, type: Name): StoredCollection | undefined {
  const usual = view.find(type.slice(type.lastIndexOf('-') + 1));
  if (isOf(usual, type)) return usual;
  for (const member of view.members('')) if (isOf(member, type)) return member;
  return undefined;
}

function isOf(stored: ReturnType<HomeView['find']>, type: Name): stored is StoredCollection {
  return stored?.collection === true && stored.types.includes(type);
}
