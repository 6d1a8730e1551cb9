/** An XML name in Clark notation, `{DAV:}getetag`: equal names are equal strings. */
export type Name = `{${string}}${string}`;

const inNamespace =
  <const N extends string>(namespace: N) =>
  <const L extends string>(local: L): `{${N}}${L}` =>
    `{${namespace}}${local}`;

/** RFC 4918. */
export const dav = inNamespace('DAV:');
/** RFC 4791, RFC 6638, RFC 7809. */
export const caldav = inNamespace('urn:ietf:params:xml:ns:caldav');
/** RFC 6352. */
export const carddav = inNamespace('urn:ietf:params:xml:ns:carddav');
/** CalendarServer's extensions: getctag, sharing, push. */
export const calendarserver = inNamespace('http://calendarserver.org/ns/');
/** Apple's calendar-color and calendar-order. */
export const apple = inNamespace('http://apple.com/ns/ical/');
/** What Apple's clients and CalendarServer call bulk changes in. */
export const mobileme = inNamespace('http://me.com/_namespace/');
/** Names of the XML specification itself: `xml:lang`. */
export const xml = inNamespace('http://www.w3.org/XML/1998/namespace');

/** The namespace URI of a name; empty for a name in no namespace. */
export function namespaceOf(name: Name): string {
  return name.slice(1, name.lastIndexOf('}'));
}

/** The local part of a name. */
export function localOf(name: Name): string {
  return name.slice(name.lastIndexOf('}') + 1);
}
