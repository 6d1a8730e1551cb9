import {withoutStandardTimezones, withStandardTimezones} from '../ical/standard-timezones-in.ts';
import type {DavRequest} from '../webdav/tables.ts';

/** RFC 7809 §3.1.1: the token, there while the time zone service is. */
export const byReference = 'calendar-no-timezone';

type Asking = Pick<DavRequest, 'http' | 'protocol' | 'limits'>;

/**
 * RFC 7809 §3.1.3: whether the client wants the VTIMEZONEs of standard zones. Undefined: it does not say, and gets objects as they were
 * stored, save for the clients that the configuration names.
 */
export function timezonesWanted({http: {headers}, protocol, limits}: Asking): boolean | undefined {
  if (!protocol.tokens.includes(byReference)) return undefined;
  const said = String(headers['caldav-timezones'] ?? '')
    .trim()
    .toUpperCase();
  if (said === 'T') return true;
  if (said === 'F') return false;
  const agent = headers['user-agent'];
  return agent !== undefined && limits.sendTimezonesTo?.some(pattern => pattern.test(agent)) ? true : undefined;
}

/** What becomes of an object's bytes on their way to this client; undefined: nothing. */
export function sentTimezones(request: Asking): ((bytes: Uint8Array) => Uint8Array) | undefined {
  const wanted = timezonesWanted(request);
  return wanted === undefined ? undefined : wanted ? withTimezones : withoutTimezones;
}

const withTimezones = changing(withStandardTimezones);

/** The bytes with the VTIMEZONEs they lack, whole: so that one serves all objects that are put together. */
export const withAllTimezones = changing(text => withStandardTimezones(text, true));

export const withoutTimezones = changing(withoutStandardTimezones);

/** Bytes in which there is nothing to change stay the same. */
function changing(change: (text: string) => string): (bytes: Uint8Array) => Uint8Array {
  return bytes => {
    const text = decoder.decode(bytes);
    const changed = change(text);
    return changed === text ? bytes : encoder.encode(changed);
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', {ignoreBOM: true});
