import {readFileSync} from 'node:fs';

/** The difference of UTC from TAI (RFC 7808 §6.4). */
export interface LeapSeconds {
  /** No leap second is added before this day that is not told of. */
  readonly expires: string;
  readonly leapseconds: readonly {readonly 'utc-offset': number; readonly onset: string}[];
}

/** The days before which one was added, the first of them with 10 s already there (IERS Bulletin C 70). */
const days = [
  '1972-01-01 1972-07-01 1973-01-01 1974-01-01 1975-01-01 1976-01-01 1977-01-01 1978-01-01 1979-01-01 1980-01-01 1981-07-01',
  '1982-07-01 1983-07-01 1985-07-01 1988-01-01 1990-01-01 1991-01-01 1992-07-01 1993-07-01 1994-07-01 1996-01-01 1997-07-01',
  '1999-01-01 2006-01-01 2009-01-01 2012-07-01 2015-07-01 2017-01-01',
].flatMap(line => line.split(' '));

const builtIn: LeapSeconds = {
  expires: '2026-06-28',
  leapseconds: days.map((onset, index) => ({'utc-offset': 10 + index, onset})),
};

/** The operating system's list, which its updates keep up, where that is newer than what is written here. */
export function readLeapSeconds(file = '/usr/share/zoneinfo/leap-seconds.list'): LeapSeconds {
  try {
    const found = parseLeapSeconds(readFileSync(file, 'utf8'));
    return found && found.expires > builtIn.expires ? found : builtIn;
  } catch {
    return builtIn;
  }
}

/** NIST's form: `#@` and the day of expiry, then a day and the difference a line, days in seconds since 1900. */
function parseLeapSeconds(text: string): LeapSeconds | undefined {
  const expires = /^#@\s*(\d+)/m.exec(text)?.[1];
  const leapseconds = [...text.matchAll(/^(\d+)\s+(\d+)/gm)].map(([, onset, offset]) => ({
    'utc-offset': Number(offset),
    onset: dayOf(onset!),
  }));
  return expires !== undefined && leapseconds.length >= days.length ? {expires: dayOf(expires), leapseconds} : undefined;
}

function dayOf(secondsSince1900: string): string {
  return new Date(Number(secondsSince1900) * 1000 + Date.UTC(1900, 0)).toISOString().slice(0, 10);
}
