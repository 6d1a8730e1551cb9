import {randomUUID} from 'node:crypto';
import type {StoredObject} from '../store/store.ts';
import type {Condition} from '../webdav/tables.ts';
import {element, text} from '../xml/element.ts';
import {caldav, type Name} from '../xml/names.ts';
import {parseXml} from '../xml/parse.ts';
import {printAlone} from '../xml/print.ts';

/** RFC 6638 §9.3; kept with the object. Only scheduling object resources have one. */
export const scheduleTagProperty: Name = caldav('schedule-tag');

/** A new tag: what was changed is of importance to who changes it next (§3.2.10). */
export function newScheduleTag(): {readonly tag: string; readonly property: string} {
  const tag = `"${randomUUID()}"`;
  return {tag, property: printAlone(element(scheduleTagProperty, tag))};
}

/** With its quotes; undefined where it has none. */
export function scheduleTagOf({properties}: Pick<StoredObject, 'properties'>): string | undefined {
  const printed = properties.get(scheduleTagProperty);
  return printed === undefined ? undefined : text(parseXml(printed));
}

/** §8.2: the header Schedule-Tag. */
export function scheduleTagHeader(stored: StoredObject): Readonly<Record<string, string>> {
  const tag = scheduleTagOf(stored);
  return tag === undefined ? {} : {'schedule-tag': tag};
}

/** §8.3. Some clients send it empty where they were told of none. */
export const ifScheduleTagMatch: Condition = {
  header: 'if-schedule-tag-match',
  holds(value, stored) {
    const tag = stored && !stored.collection ? scheduleTagOf(stored) : undefined;
    const asked = value.trim();
    return tag === undefined ? asked === '' || asked === '""' : asked === tag || `"${asked}"` === tag;
  },
};
