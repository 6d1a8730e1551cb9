import {parseDuration} from '../ical/duration.ts';
import {type JcalComponent, type JcalProperty, jcalOf} from '../ical/jcal.ts';
import {parseCalendar} from '../ical/parse.ts';
import type {Args} from './verifier.ts';

/** The FBTYPE that an argument's periods have (RFC 5545 §3.2.9). */
const types = [
  {argument: 'busy', type: 'BUSY'},
  {argument: 'tentative', type: 'BUSY-TENTATIVE'},
  {argument: 'unavailable', type: 'BUSY-UNAVAILABLE'},
];

/** What is wrong with a free-busy answer: it must have one VFREEBUSY with just the periods that the arguments say. */
export function wrongBusy(text: string, args: Args): string | undefined {
  let components: JcalComponent[];
  try {
    components = jcalOf(parseCalendar(text))[2].filter(([name]) => name === 'vfreebusy');
  } catch {
    return 'the body is no calendar';
  }
  const [component] = components;
  if (!component || components.length > 1) return `there are ${components.length} VFREEBUSYs`;
  for (const {argument, type} of types) {
    const wanted = args.all(argument).map(period => printPeriod(period.trim().split('/')));
    const got = component[1].filter(property => property[0] === 'freebusy' && typeOf(property) === type).flatMap(periodsOf);
    if (wanted.sort().join() !== got.sort().join()) return `${argument} is ${got.join(' ')}, not ${wanted.join(' ')}`;
  }
  return undefined;
}

function typeOf([, {fbtype}]: JcalProperty): string {
  return typeof fbtype === 'string' ? fbtype.toUpperCase() : 'BUSY';
}

function periodsOf(property: JcalProperty): string[] {
  return property.slice(3).map(value => printPeriod(Array.isArray(value) ? value : String(value).split('/')));
}

/** Start and end in UTC, whichever way it is written. */
function printPeriod([from, to]: readonly unknown[]): string {
  const start = instant(from);
  const duration = parseDuration(to);
  const end = duration ? start + duration.days * 86_400_000 + duration.milliseconds : instant(to);
  return [start, end].map(time => (Number.isNaN(time) ? '?' : new Date(time).toISOString().replace(/[-:]|\.000/g, ''))).join('/');
}

/** A UTC time in the form of iCalendar or of jCal. */
function instant(value: unknown): number {
  const match = /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)Z$/.exec(String(value));
  if (!match) return Number.NaN;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [number, number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
