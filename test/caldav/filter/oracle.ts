/**
 * RFC 4791 §9.7 and §9.9 once more, told in the plainest way and from the text alone: recurrence is followed day by day, local times
 * are found by asking Intl, and each row of the RFC's tables is written as it stands there. It shares nothing with what it judges.
 */
import {type Component, day, instant, lengthOf, type Property, parse, shifted, type Time, timeIn, timeOf} from './oracle-time.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** A filter as the tests write it down; names in upper case. */
export interface Filter {
  readonly name: string;
  readonly anyOf?: boolean;
  readonly absent?: boolean;
  readonly range?: Range;
  readonly text?: Text;
  readonly comps?: readonly Filter[];
  readonly props?: readonly Filter[];
  readonly params?: readonly Filter[];
}

export interface Text {
  readonly value: string;
  readonly collation: string;
  readonly type: string;
  readonly negate: boolean;
}

/** Whether the object matches the filter for VCALENDAR; `zone` is IANA's name of the one for floating times and DATEs. */
export function judge(text: string, filter: Filter, zone: string): boolean {
  const calendar = parse(text);
  return compHolds(calendar, filter, {zone, instances: instancesOf(calendar, zone)});
}

interface Asked {
  readonly zone: string;
  readonly instances: readonly Instance[];
  readonly within?: Component;
}

function compHolds(component: Component, filter: Filter, asked: Asked): boolean {
  const answers: boolean[] = [];
  if (filter.range) answers.push(inRange(component, filter.range, asked));
  for (const prop of filter.props ?? []) {
    const named = component.properties.filter(({name}) => name === prop.name);
    answers.push(prop.absent ? named.length === 0 : named.some(each => propHolds(each, prop, asked.zone)));
  }
  for (const comp of filter.comps ?? []) {
    const named = component.components.filter(({name}) => comp.name === '*' || name === comp.name);
    const inside = {...asked, within: component};
    answers.push(comp.absent ? named.length === 0 : named.some(each => compHolds(each, comp, inside)));
  }
  return combine(answers, filter.anyOf);
}

const combine = (answers: readonly boolean[], anyOf = false) =>
  answers.length === 0 || (anyOf ? answers.includes(true) : !answers.includes(false));

function propHolds({parameters, value}: Property, filter: Filter, zone: string): boolean {
  const answers: boolean[] = [];
  if (filter.range) {
    const {start, end} = filter.range;
    const time = timeOf(value, parameters.get('TZID'));
    const at = instant(time, zone);
    const lasts = time.kind === 'date' ? instant({...time, local: time.local + day}, zone) : undefined;
    answers.push(lasts === undefined ? start <= at && end > at : start < lasts && end > at);
  }
  if (filter.text) answers.push(textHolds(unescaped(value), filter.text));
  for (const param of filter.params ?? []) {
    const found = parameters.get(param.name);
    answers.push(param.absent ? found === undefined : found !== undefined && (!param.text || textHolds(found, param.text)));
  }
  return combine(answers, filter.anyOf);
}

const unescaped = (value: string) => value.replace(/\\([\\;,nN])/g, (_, letter) => (/n/i.test(letter) ? '\n' : letter));

function textHolds(found: string, {value, collation, type, negate}: Text): boolean {
  const [a, b] = [folded(found, collation), folded(value, collation)];
  const positions: number[] = [];
  for (let at = 0; at + b.length <= a.length; at++) if (a.slice(at, at + b.length) === b) positions.push(at);
  const wanted: Record<string, (at: number) => boolean> = {
    contains: () => true,
    equals: at => at === 0 && a.length === b.length,
    'starts-with': at => at === 0,
    'ends-with': at => at + b.length === a.length,
  };
  return positions.some(wanted[type]!) !== negate;
}

/** The texts of the tests have letters of ASCII, é and É: more of RFC 5051 is told by its own tests. */
function folded(text: string, collation: string): string {
  if (collation === 'i;octet') return text;
  const letters = [...text].map(letter =>
    letter >= 'a' && letter <= 'z' ? String.fromCharCode(letter.charCodeAt(0) - 32) : letter,
  );
  return collation === 'i;ascii-casemap' ? letters.join('') : letters.join('').replaceAll('é', 'É');
}

/** §9.9, table by table. `undefined` stands for a property that is not there. */
function inRange(component: Component, range: Range, {instances, within, zone}: Asked): boolean {
  if (component.name === 'VALARM') {
    return instances.some(instance => instance.component === within && alarmIn(component, instance, range, zone));
  }
  return instances.some(instance => instance.component === component && instanceIn(instance, range));
}

function instanceIn({component, start: from, end: to, date, properties}: Instance, {start, end}: Range): boolean {
  const has = (name: string) => properties.has(name);
  switch (component.name) {
    case 'VEVENT':
      if (has('DTEND')) return start < to! && end > from!;
      if (has('DURATION')) return to! > from! ? start < to! && end > from! : start <= from! && end > from!;
      return date ? start < from! + date && end > from! : start <= from! && end > from!;
    case 'VTODO': {
      if (has('DTSTART') && has('DURATION')) return start <= to! && (end > from! || end >= to!);
      if (has('DTSTART') && has('DUE')) return (start < to! || start <= from!) && (end > from! || end >= to!);
      if (has('DTSTART')) return start <= from! && end > from!;
      if (has('DUE')) return start < to! && end >= to!;
      const [completed, created] = [properties.get('COMPLETED'), properties.get('CREATED')];
      if (completed !== undefined && created !== undefined)
        return (start <= created || start <= completed) && (end >= created || end >= completed);
      if (completed !== undefined) return start <= completed && end >= completed;
      return created === undefined || end > created;
    }
    case 'VJOURNAL':
      if (from === undefined) return false;
      return date ? start < from + date && end > from : start <= from && end > from;
    default:
      return false;
  }
}

function alarmIn(alarm: Component, {start, end, date, floating}: Instance, range: Range, zone: string): boolean {
  const trigger = alarm.properties.find(({name}) => name === 'TRIGGER')!;
  let first: number;
  if (trigger.parameters.get('VALUE') === 'DATE-TIME') first = instant(timeOf(trigger.value, undefined), zone);
  else {
    const atEnd = trigger.parameters.get('RELATED') === 'END';
    const base = atEnd ? (end ?? (start === undefined ? undefined : start + (date ?? 0))) : (start ?? end);
    if (base === undefined) return false;
    first = shifted(base, lengthOf(trigger.value), floating ?? zone);
  }
  const repeat = Number(alarm.properties.find(({name}) => name === 'REPEAT')?.value ?? 0);
  const pause = alarm.properties.find(({name}) => name === 'DURATION')?.value;
  const times = [first];
  for (let count = 1; pause !== undefined && count <= repeat; count++) {
    const {days, rest} = lengthOf(pause);
    times.push(first + count * (days * day + rest));
  }
  return times.some(time => range.start <= time && range.end > time);
}

interface Instance {
  readonly component: Component;
  /** Instants; undefined: the component does not say. */
  readonly start: number | undefined;
  readonly end: number | undefined;
  /** How long the day of a start that is a DATE lasts. */
  readonly date: number | undefined;
  /** The zone that the start's clock shows; undefined: floating. */
  readonly floating: string | undefined;
  /** The properties there are, and the instants of those that hold a time. */
  readonly properties: ReadonlyMap<string, number>;
}

/** Recurrence is followed for so many days. */
const horizon = 1300;

/** All instances: each day from the first on is asked whether the rule has it. */
function instancesOf(calendar: Component, zone: string): Instance[] {
  const parts = calendar.components.filter(({name}) => name !== 'VTIMEZONE');
  const overrides = parts.filter(part => part.properties.some(({name}) => name === 'RECURRENCE-ID'));
  const instances: Instance[] = overrides.map(part => instanceAt(part, undefined, zone));
  for (const master of parts.filter(part => !overrides.includes(part))) {
    const values = (name: string) =>
      master.properties
        .filter(property => property.name === name)
        .flatMap(({value, parameters}) => value.split(',').map(each => timeOf(each, parameters.get('TZID'))));
    const [anchor] = [...values('DTSTART'), ...values('DUE')];
    const rule = master.properties.find(({name}) => name === 'RRULE')?.value;
    if (!anchor || (!rule && values('RDATE').length === 0)) {
      instances.push(instanceAt(master, undefined, zone));
      continue;
    }
    const locals = new Set(rule ? daysOf(rule, anchor, zone) : [anchor.local]);
    for (const {local} of values('RDATE')) locals.add(local);
    for (const {local, kind} of values('EXDATE')) {
      for (const each of locals)
        if (each === local || (kind === 'date' && Math.floor(each / day) * day === local)) locals.delete(each);
    }
    for (const part of overrides) locals.delete(timeIn(part, 'RECURRENCE-ID')!.local);
    const changes = overrides.filter(part => part.properties.some(({parameters}) => parameters.get('RANGE') === 'THISANDFUTURE'));
    const idOf = (part: Component) => timeIn(part, 'RECURRENCE-ID')!.local;
    for (const local of locals) {
      const [change] = changes.filter(part => idOf(part) < local).sort((a, b) => idOf(b) - idOf(a));
      instances.push(change ? instanceAt(change, local - idOf(change), zone) : instanceAt(master, local - anchor.local, zone));
    }
  }
  return instances;
}

/** A component's instance, so many local milliseconds after the one that it says. */
function instanceAt(component: Component, later: number | undefined, zone: string): Instance {
  const [dtstart, due, dtend] = ['DTSTART', 'DUE', 'DTEND'].map(name => timeIn(component, name));
  const moved = (time: Time | undefined) => time && {...time, local: time.local + (later ?? 0)};
  const at = (time: Time | undefined) => time && instant(time, zone);
  const duration = component.properties.find(({name}) => name === 'DURATION')?.value;
  const start = moved(dtstart);
  const said = dtend ?? due;
  let end: number | undefined;
  if (start && duration !== undefined) end = shifted(at(start)!, lengthOf(duration), start.zone ?? zone);
  else if (start && said) end = start.kind === 'date' ? at(moved(said)) : at(start)! + at(said)! - at(dtstart)!;
  else end = at(moved(said));
  return {
    component,
    start: at(start),
    end,
    date: start?.kind === 'date' ? at({...start, local: start.local + day})! - at(start)! : undefined,
    floating: (dtstart ?? said)?.zone,
    properties: new Map(
      component.properties.map(({name, value, parameters}) => [
        name,
        /^\d{8}/.test(value) ? instant(timeOf(value, parameters.get('TZID')), zone) : 0,
      ]),
    ),
  };
}

/** The local times that a rule of FREQ=DAILY, WEEKLY or MONTHLY has; weeks begin on Monday. */
function daysOf(text: string, anchor: Time, zone: string): number[] {
  const rule = new Map(text.split(';').map(part => part.split('=') as [string, string]));
  const interval = Number(rule.get('INTERVAL') ?? 1);
  const until = rule.get('UNTIL');
  const last = until === undefined ? Infinity : instant(timeOf(until, undefined), zone);
  const count = Number(rule.get('COUNT') ?? Infinity);
  const first = new Date(anchor.local);
  const weekdayOf = (date: Date) => ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'][date.getUTCDay()]!;
  const mondayOf = (date: Date) => Math.floor(date.getTime() / day) - ((date.getUTCDay() + 6) % 7);
  const found: number[] = [];
  for (let at = 0; at < horizon && found.length < count; at++) {
    const date = new Date(anchor.local + at * day);
    const weekdays = rule.get('BYDAY')?.split(',');
    const inMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    const months = (date.getUTCFullYear() - first.getUTCFullYear()) * 12 + date.getUTCMonth() - first.getUTCMonth();
    const monthDays = rule.get('BYMONTHDAY')?.split(',').map(Number);
    const has = {
      DAILY: () => at % interval === 0 && (weekdays?.includes(weekdayOf(date)) ?? true),
      WEEKLY: () =>
        ((mondayOf(date) - mondayOf(first)) / 7) % interval === 0 && (weekdays ?? [weekdayOf(first)]).includes(weekdayOf(date)),
      MONTHLY: () =>
        months % interval === 0 &&
        (monthDays ?? [first.getUTCDate()]).some(each => date.getUTCDate() === (each > 0 ? each : inMonth + 1 + each)),
    }[rule.get('FREQ') as 'DAILY'];
    if (instant({...anchor, local: date.getTime()}, zone) > last) break;
    if (has()) found.push(date.getTime());
  }
  return found;
}
