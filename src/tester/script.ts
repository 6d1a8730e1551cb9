import {child, type Element, elements, text} from '../xml/element.ts';
import type {Name} from '../xml/names.ts';
import {parseDocument} from './document.ts';

/** Features that must, and that must not, be claimed. */
export interface Gate {
  readonly require: readonly string[];
  readonly exclude: readonly string[];
}

/** A script: requests to prepare, suites of tests, requests to clean up. All texts still have their variables in them. */
export interface Script {
  readonly file: string;
  readonly description: string;
  readonly gate: Gate;
  readonly ignore: boolean;
  readonly start: readonly ScriptRequest[];
  readonly suites: readonly Suite[];
  readonly end: readonly ScriptRequest[];
}

export interface Suite {
  readonly name: string;
  readonly gate: Gate;
  readonly ignore: boolean;
  readonly only: boolean;
  /** `$uid1:` and its like have new values from here on. */
  readonly changeUid: boolean;
  readonly tests: readonly Test[];
}

export interface Test {
  readonly name: string;
  readonly description: string;
  readonly gate: Gate;
  readonly ignore: boolean;
  readonly only: boolean;
  /** How often its requests are made. */
  readonly count: number;
  readonly requests: readonly ScriptRequest[];
}

export interface ScriptRequest {
  readonly gate: Gate;
  /** A method of HTTP or a compound one, `WAITCOUNT 1`. */
  readonly method: string;
  /** Percent-encoded where they must be; what variables bring in is not. */
  readonly uris: readonly string[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly data: Data | undefined;
  readonly verify: readonly Verify[];
  readonly grabs: readonly Grab[];
  /** Whether credentials are sent; `user` undefined: the first user's. */
  readonly auth: boolean;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly endDelete: boolean;
  readonly waitForSuccess: boolean;
  /** `filepath` names a folder, and each use takes its next file. */
  readonly iterateData: boolean;
  readonly print: boolean;
}

/** What a request's body is made of. */
export interface Data {
  readonly contentType: string;
  readonly filepath: string;
  readonly substitutions: boolean;
  readonly generate: boolean;
  readonly substitute: readonly (readonly [name: string, value: string])[];
}

/** A verifier to be asked. */
export interface Verify {
  readonly gate: Gate;
  readonly callback: string;
  readonly args: ReadonlyMap<string, readonly string[]>;
}

/** A value of the answer to be kept in variables. */
export interface Grab {
  /** The element's name: `grabheader`. */
  readonly kind: string;
  readonly source: string;
  readonly parent: string | undefined;
  readonly variables: readonly string[];
}

/** Throws UserError where the text is no script. */
export function parseScript(source: string, file: string): Script {
  const root = parseDocument(source, file, 'caldavtest');
  const requests = (name: Name) => {
    const parent = child(root, name);
    return parent ? elements(parent, '{}request').map(readRequest) : [];
  };
  return {
    file,
    description: textAt(root, '{}description'),
    gate: gateOf(root),
    ignore: yes(root, 'ignore-all'),
    start: requests('{}start'),
    suites: elements(root, '{}test-suite').map(suite => ({
      name: suite.attributes.name ?? '',
      gate: gateOf(suite),
      ignore: yes(suite, 'ignore'),
      only: yes(suite, 'only'),
      changeUid: yes(suite, 'change-uid'),
      tests: elements(suite, '{}test').map(readTest),
    })),
    end: requests('{}end'),
  };
}

function readTest(test: Element): Test {
  return {
    name: test.attributes.name ?? '',
    description: textAt(test, '{}description').replace(/\s+/g, ' '),
    gate: gateOf(test),
    ignore: yes(test, 'ignore'),
    only: yes(test, 'only'),
    count: Number(test.attributes.count ?? 1),
    requests: elements(test, '{}request').map(readRequest),
  };
}

function readRequest(request: Element): ScriptRequest {
  const data = child(request, '{}data');
  return {
    gate: gateOf(request),
    method: textAt(request, '{}method'),
    uris: elements(request, '{}ruri').map(uri => (no(uri, 'quote') ? text(uri).trim() : quote(text(uri).trim()))),
    headers: elements(request, '{}header').map(header => [textAt(header, '{}name'), textAt(header, '{}value')] as const),
    data: data && readData(data),
    verify: elements(request, '{}verify').map(readVerify),
    grabs: elements(request)
      .filter(({name}) => name.startsWith('{}grab'))
      .map(readGrab),
    auth: !no(request, 'auth'),
    user: request.attributes.user || undefined,
    password: request.attributes.pswd || undefined,
    endDelete: yes(request, 'end-delete'),
    waitForSuccess: yes(request, 'wait-for-success'),
    iterateData: yes(request, 'iterate-data'),
    print: yes(request, 'print-request') || yes(request, 'print-response'),
  };
}

/** A path is written in plain letters, so that `%` is a character like others; a query is written as it goes out. */
function quote(uri: string): string {
  const end = uri.indexOf('?');
  return end < 0 ? uri.replaceAll('%', '%25') : uri.slice(0, end).replaceAll('%', '%25') + uri.slice(end);
}

function readData(data: Element): Data {
  return {
    contentType: textAt(data, '{}content-type'),
    filepath: textAt(data, '{}filepath'),
    substitutions: !no(data, 'substitutions'),
    generate: yes(data, 'generate'),
    substitute: elements(data, '{}substitute').map(one => [textAt(one, '{}name'), textAt(one, '{}value')] as const),
  };
}

function readVerify(verify: Element): Verify {
  const args = new Map<string, string[]>();
  for (const arg of elements(verify, '{}arg')) {
    const values = elements(arg, '{}value').map(value => text(value));
    const name = textAt(arg, '{}name');
    args.set(name, [...(args.get(name) ?? []), ...values]);
  }
  return {gate: gateOf(verify), callback: textAt(verify, '{}callback'), args};
}

function readGrab(grab: Element): Grab {
  const variables = elements(grab, '{}variable').map(variable => text(variable).trim());
  const parent = textAt(grab, '{}parent') || undefined;
  const kind = grab.name.slice(2);
  if (variables.length === 0) return {kind, source: '', parent, variables: [text(grab).trim()]};
  const source = textAt(grab, '{}name') || textAt(grab, '{}property') || textAt(grab, '{}pointer');
  return {kind, source, parent, variables};
}

function gateOf(parent: Element): Gate {
  const features = (name: Name) =>
    elements(parent, name).flatMap(group => elements(group, '{}feature').map(feature => text(feature).trim()));
  return {require: features('{}require-feature'), exclude: features('{}exclude-feature')};
}

function textAt(parent: Element, name: Name): string {
  const found = child(parent, name);
  return found ? text(found).trim() : '';
}

const yes = ({attributes}: Element, name: string) => attributes[name] === 'yes';
const no = ({attributes}: Element, name: string) => attributes[name] === 'no';
