import ICAL from 'ical.js';
import {cloned, type JcalComponent, type JcalProperty, jcalOf, mainComponents, textOf} from '../ical/jcal.ts';
import {timeOf} from '../ical/recurrence-set.ts';
import {type FindZone, instantOf, printTime} from '../ical/time.ts';
import {zonesOf} from '../ical/time-zones.ts';
import {utc} from '../ical/zone.ts';
import {sameAddress} from './address.ts';
import {stamp} from './envelope.ts';
import type {Message} from './message.ts';
import {addressOf, attendeesOf, partstatOf, setParameters} from './parties.ts';
import {isForFuture, sequenceOf} from './series.ts';

/** What an attendee has answered last, to a series or to one of its instances. */
export interface LastAnswer {
  /** RECURRENCE-ID in jCal's form, in UTC where it is of a zone, with a `+` where it is of all that follow, too; `''`: all of it. */
  readonly recurrence: string;
  readonly sequence: number;
  /** DTSTAMP, in jCal's form. */
  readonly stamp: string;
  readonly partstat: string;
}

/** What else tells when an answer was given. */
export interface Arrived {
  /** Milliseconds: whose clock is fast has not sent it later than that. */
  readonly at: number;
  /** The DTSTAMPs of the invitation. A program that gives one back has not said when it answers, and does so now. */
  readonly asked: ReadonlySet<string | undefined>;
}

/** What a REPLY answers. */
export function answersIn({calendar, from}: Message, arrived: Arrived): LastAnswer[] {
  const findZone = zonesOf(calendar);
  return mainComponents(calendar).map(part => answerIn(part, from, findZone, arrived));
}

function answerIn(part: JcalComponent, from: string, findZone: FindZone, {at, asked}: Arrived): LastAnswer {
  const own = attendeesOf(part).find(each => sameAddress(addressOf(each), from));
  const [said, latest] = [textOf(part, 'dtstamp') ?? '', String(stamp(at)[3])];
  const id = timeOf(part, 'recurrence-id', findZone);
  return {
    recurrence: id
      ? printTime(id.zone ? {local: instantOf(id, utc), date: false, zone: utc} : id) + (isForFuture(part) ? '+' : '')
      : '',
    sequence: sequenceOf(part),
    stamp: isStamp.test(said) && said < latest && !asked.has(said) ? said : latest,
    partstat: partstatOf(own),
  };
}

const isStamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** RFC 5546 §2.1.5: with the same SEQUENCE the later DTSTAMP counts. */
function isBefore(answer: LastAnswer, known: LastAnswer): boolean {
  return answer.sequence <= known.sequence && answer.stamp < known.stamp;
}

/** Whether what was said of one instance is overruled by what is said of more: of the series, or of an earlier one and all that follow. */
function isWithin({recurrence}: LastAnswer, wide: LastAnswer): boolean {
  if (recurrence === '' || (wide.recurrence !== '' && !wide.recurrence.endsWith('+'))) return false;
  return recurrence.replace('+', '') > wide.recurrence.replace('+', '');
}

/**
 * A REPLY that may have been overtaken by others of its sender, as mail is: without what they have answered since, and where it answers a
 * series, or all of it from one instance on, with what they have answered since to single instances, which it would else go for. Undefined:
 * nothing is left of it.
 */
export function inOrder(message: Message, known: readonly LastAnswer[], arrived: Arrived): Message | undefined {
  if (message.method !== 'REPLY' || known.length === 0) return message;
  const {calendar} = message;
  const parts = mainComponents(calendar);
  const isLate = (answer: LastAnswer) =>
    known.some(each => [answer.recurrence, `${answer.recurrence}+`].includes(each.recurrence) && isBefore(answer, each));
  const left = answersIn(message, arrived).flatMap((answer, index) => (isLate(answer) ? [] : [{answer, part: parts[index]!}]));
  if (left.length === 0) return undefined;
  const named = new Set(left.map(({answer}) => answer.recurrence));
  const again = known.flatMap(each => {
    const wide = left.find(({answer}) => isWithin(each, answer) && isBefore(answer, each));
    return wide && !named.has(each.recurrence) && each.partstat !== 'DELEGATED' ? [saidAgain(wide.part, message.from, each)] : [];
  });
  if (left.length === parts.length && again.length === 0) return message;
  const [name, properties, inner] = jcalOf(calendar);
  const others = inner.filter(part => !parts.includes(part));
  const all = [...others, ...left.map(({part}) => part), ...again];
  return {...message, calendar: {component: new ICAL.Component([name, cloned(properties), cloned(all)])}};
}

function saidAgain(
  [name, properties]: JcalComponent,
  from: string,
  {recurrence, sequence, stamp, partstat}: LastAnswer,
): JcalComponent {
  const said = properties.flatMap((property): JcalProperty[] => {
    if (property[0] === 'uid' || property[0] === 'organizer') return [property];
    if (property[0] !== 'attendee' || !sameAddress(addressOf(property), from)) return [];
    const own = cloned(property);
    setParameters(own, {partstat, 'delegated-to': undefined});
    return [own];
  });
  const type = recurrence.includes('T') ? 'date-time' : 'date';
  const range = recurrence.endsWith('+');
  return [
    name,
    [
      ...said,
      ['recurrence-id', range ? {range: 'THISANDFUTURE'} : {}, type, range ? recurrence.slice(0, -1) : recurrence],
      ['dtstamp', {}, 'date-time', stamp],
      ['sequence', {}, 'integer', sequence],
    ],
    [],
  ];
}
