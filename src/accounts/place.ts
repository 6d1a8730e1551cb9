/** Where a room or thing is, and how many it holds: what CalendarServer 9's directory knows of it, and the building's name. */
export interface PlaceDetails {
  readonly capacity?: number;
  readonly floor?: string;
  readonly building?: string;
  readonly streetAddress?: string;
  /** A `geo:` URI (RFC 5870). */
  readonly geographicLocation?: string;
}

/** A detail: the element of accounts.xml that holds it, and what is one. */
export interface PlaceRow {
  readonly key: keyof PlaceDetails;
  readonly element: string;
  readonly does: string;
  /** What is wrong with a text; undefined: nothing. */
  problem?(text: string): string | undefined;
}

/** In the order in which they stand in a record. */
export const placeRows: readonly PlaceRow[] = [
  {
    key: 'capacity',
    element: 'capacity',
    does: 'how many people a room holds',
    problem: text => (/^\d{1,6}$/.test(text) ? undefined : 'is not a number of people'),
  },
  {key: 'floor', element: 'floor', does: 'the floor it is on'},
  {key: 'building', element: 'building', does: 'the building it is in'},
  {key: 'streetAddress', element: 'street-address', does: 'the address of the building'},
  {
    key: 'geographicLocation',
    element: 'geographic-location',
    does: 'where that is, geo:48.2,16.37',
    problem: text => (/^geo:-?\d+(?:\.\d+)?(?:,-?\d+(?:\.\d+)?){1,2}(?:;.*)?$/i.test(text) ? undefined : 'is no geo: URI'),
  },
];

/** The details in texts by element; what is empty or wrong is left out. Undefined: there are none. */
export function readPlace(find: (element: string) => string | undefined): PlaceDetails | undefined {
  const found = placeRows.flatMap(({key, element, problem}) => {
    const text = find(element);
    if (text === undefined || problem?.(text)) return [];
    return [[key, key === 'capacity' ? Number(text) : text]];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}
