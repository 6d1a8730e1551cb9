import {ianaZone} from './iana-zone.ts';
import {type JcalComponent, jcalOf, textOf} from './jcal.ts';
import type {Calendar} from './parse.ts';
import type {FindZone} from './time.ts';
import {timezoneOfCity} from './tzdata.ts';
import {vtimezone} from './vtimezone.ts';
import {windowsZones} from './windows-zones.ts';
import type {Zone} from './zone.ts';

const found = new WeakMap<object, FindZone>();

/** No object needs more; working out what each describes takes a while. */
const maxDescribed = 16;

/**
 * How TZIDs are understood within a calendar: by its VTIMEZONE (RFC 5545 §3.2.19), by the place that names (X-LIC-LOCATION) where it
 * describes nothing, and else by name alone.
 */
export function zonesOf(calendar: Calendar): FindZone {
  const known = found.get(calendar);
  if (known) return known;
  const components = jcalOf(calendar)[2];
  const zones = new Map<string, Zone | undefined>();
  let left = maxDescribed;
  const findZone: FindZone = tzid => {
    if (zones.has(tzid)) return zones.get(tzid);
    const zone = (left-- > 0 ? described(components, tzid) : undefined) ?? zoneByName(tzid);
    zones.set(tzid, zone);
    return zone;
  };
  found.set(calendar, findZone);
  return findZone;
}

function described(components: readonly JcalComponent[], tzid: string): Zone | undefined {
  const component = components.find(part => part[0] === 'vtimezone' && textOf(part, 'tzid') === tzid);
  if (!component) return undefined;
  const place = textOf(component, 'x-lic-location');
  return vtimezone(component) ?? (place === undefined ? undefined : zoneByName(place));
}

/**
 * The zone a name means: IANA's, Windows's (CLDR), or IANA's behind a vendor's prefix
 * (`/freeassociation.sourceforge.net/Tzfile/Europe/Berlin`), or as Outlook shows it (`(UTC+01:00) Amsterdam, Berlin`). Undefined: unknown.
 */
export function zoneByName(tzid: string): Zone | undefined {
  const name = tzid.replace(/^"|"$/g, '').trim();
  if (name === '' || name.length > 200) return undefined;
  const direct = ianaZone(name) ?? ianaZone(windowsZones[name.toLowerCase()] ?? '');
  if (direct) return direct;
  const segments = name.split('/').filter(segment => segment !== '');
  for (const length of [3, 2, 1]) {
    if (segments.length <= length) continue;
    const zone = ianaZone(segments.slice(-length).join('/'));
    if (zone) return zone;
  }
  const shown = /^\((?:UTC|GMT)[^)]*\) *(.+)$/i.exec(name);
  if (shown) return zoneShown(shown[1]!);
  const offset = /^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d\d)?$/i.exec(name);
  return offset ? ianaZone(`${offset[1]}${offset[2]!.padStart(2, '0')}:${offset[3] ?? '00'}`) : undefined;
}

/** What Outlook and Notes show of a zone after its offset: `Eastern Time (US & Canada)`, or some of its cities. */
function zoneShown(text: string): Zone | undefined {
  const windows = windowsZones[text.replace(/ Time \(US & Canada\)$/i, ' Standard Time').toLowerCase()];
  if (windows) return ianaZone(windows);
  const city = text.split(/[,/]/).find(part => timezoneOfCity(part.trim()));
  return city === undefined ? undefined : ianaZone(timezoneOfCity(city.trim())!);
}

/** The zone of a calendar's CALDAV:calendar-timezone (RFC 4791 §5.2.2): its one VTIMEZONE; undefined where there is none to be read. */
export function calendarTimezone(calendar: Calendar): Zone | undefined {
  const component = jcalOf(calendar)[2].find(([name]) => name === 'vtimezone');
  const tzid = component && textOf(component, 'tzid');
  return tzid === undefined ? undefined : zonesOf(calendar)(tzid);
}
