import {type JcalComponent, jcalOf} from '../ical/jcal.ts';
import {parseCalendar} from '../ical/parse.ts';
import {text} from '../xml/element.ts';
import type {Name} from '../xml/names.ts';
import {valueText} from './calendar-lines.ts';
import type {Answer} from './client.ts';
import {pointed} from './json-pointer.ts';
import {findProperty, isSuccess, responsesOf, xmlOf} from './multistatus.ts';
import type {Grab} from './script.ts';
import type {Session} from './session.ts';
import {contentOf} from './xml-compare.ts';
import {findElements} from './xml-path.ts';

/** A way to take values out of an answer. */
interface GrabKind {
  readonly name: string;
  /** The values, one for each variable of the grab; fewer: there were no more. */
  find(answer: Answer, source: string, session: Session, parent: string | undefined): readonly string[];
}

/** The grabs, by the element that asks for one. */
const grabKinds: readonly GrabKind[] = [
  {name: 'graburi', find: (answer, _, {last}) => [answer.header('location')[0] ?? last?.uri ?? '']},
  {name: 'grabcount', find: answer => [String(countOf(answer))]},
  {name: 'grabheader', find: (answer, source) => answer.header(source)},
  {name: 'grabproperty', find: properties},
  {name: 'grabelement', find: elementTexts},
  {name: 'grabjson', find: (answer, source) => pointed(answer.text, source).map(value => printJson(value))},
  {name: 'grabcalproperty', find: (answer, source) => calendarValues(answer, source)},
  {name: 'grabcalparameter', find: (answer, source) => calendarValues(answer, source)},
];

/** Keeps what a grab asks for in its variables; answers what was not there. */
export function grab(session: Session, answer: Answer, {kind, source, parent, variables}: Grab): string | undefined {
  const row = grabKinds.find(({name}) => name === kind);
  if (!row) return `there is no grab <${kind}>`;
  const {fill, set} = session.variables;
  const values = row.find(answer, fill(source), session, parent && fill(parent));
  for (const [at, variable] of variables.entries()) {
    const value = values[at];
    if (value === undefined) return `${kind} ${source}: the answer has no such value`;
    set(variable, value);
  }
  return undefined;
}

/** How many responses of a multistatus succeeded, without the collection's own. */
function countOf(answer: Answer): number {
  const root = xmlOf(answer);
  const good = root ? responsesOf(root).filter(({status}) => status === undefined || isSuccess(status)) : [];
  return good.length - 1;
}

function properties(answer: Answer, source: string): string[] {
  const root = xmlOf(answer);
  return (root ? responsesOf(root) : []).flatMap(response => {
    const property = findProperty(response, source as Name);
    return property ? [contentOf(property)] : [];
  });
}

function elementTexts(answer: Answer, source: string, _: Session, parent: string | undefined): string[] {
  const root = xmlOf(answer);
  if (!root) return [];
  const within = parent ? findElements(root, parent) : [root];
  return within.flatMap(element => findElements(element, source).map(found => text(found)));
}

/** `VEVENT/SUMMARY`, `VEVENT/ATTENDEE/PARTSTAT$mailto:…`: of the property with that value only. */
function calendarValues(answer: Answer, source: string): string[] {
  const [path = '', wanted] = source.split(/\$(.*)/s);
  const names = path.toLowerCase().split('/');
  let components: JcalComponent[];
  try {
    components = [jcalOf(parseCalendar(answer.body))];
  } catch {
    return [];
  }
  for (;;) {
    const inner = components.flatMap(component => component[2].filter(([name]) => name === names[0]));
    if (inner.length === 0) break;
    components = inner;
    names.shift();
  }
  const [name, parameter] = names;
  return components
    .flatMap(component => component[1])
    .filter(property => property[0] === name && (wanted === undefined || valueText(property) === wanted))
    .flatMap(property => (parameter === undefined ? valueText(property) : (property[1][parameter] ?? [])));
}

function printJson(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
