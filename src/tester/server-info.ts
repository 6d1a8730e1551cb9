import {UserError} from '../base/user-error.ts';
import {child, type Element, elements, text} from '../xml/element.ts';
import {parseDocument} from './document.ts';

/** serverinfo.xml: where a server is, what it claims to do, and the names of what it holds. */
export interface ServerInfo {
  readonly host: string;
  /** The port for clear HTTP; 0: there is none, and the requests go to `sslPort`. */
  readonly port: number;
  readonly sslPort: number;
  /** The certificate of an authority to trust in HTTPS, PEM; undefined: those that the machine trusts. */
  readonly authority?: string;
  /** How often a poll asks, and how long it waits in between. */
  readonly waitCount: number;
  readonly waitDelayMs: number;
  /** How long a request with `wait-for-success` is repeated. */
  readonly waitSuccessMs: number;
  readonly features: ReadonlySet<string>;
  /** By key, `$name:`; values may name further keys. */
  readonly substitutions: ReadonlyMap<string, string>;
  /** What a comparison of calendars or vCards leaves out, beside the standard list. */
  readonly calendarDataFilters: readonly string[];
  readonly addressDataFilters: readonly string[];
}

/** Throws UserError where the text is no serverinfo. */
export function parseServerInfo(source: string, file: string): ServerInfo {
  const root = parseDocument(source, file, 'serverinfo');
  const one = (name: string) => {
    const found = child(root, `{}${name}`);
    return found && text(found).trim();
  };
  const number = (name: string, standard: number) => {
    const written = one(name);
    if (!written) return standard;
    const value = Number(written);
    if (!(value >= 0)) throw new UserError(`In ${file}, <${name}> is no number: ${written}.`, 'Write digits.');
    return value;
  };
  const all = (parent: Element | undefined, name: string) =>
    parent ? elements(parent, `{}${name}`).map(element => text(element).trim()) : [];
  const authtype = one('authtype') || 'basic';
  if (authtype.toLowerCase() !== 'basic') {
    throw new UserError(`In ${file}, <authtype> is ${authtype}, and only Basic is spoken here.`, 'Have the server accept Basic.');
  }
  return {
    host: one('host') || 'localhost',
    port: number('nonsslport', 0),
    sslPort: number('sslport', 0),
    waitCount: number('waitcount', 120),
    waitDelayMs: number('waitdelay', 0.25) * 1000,
    waitSuccessMs: number('waitsuccess', 10) * 1000,
    features: new Set(all(child(root, '{}features'), 'feature')),
    substitutions: substitutionsOf(child(root, '{}substitutions')),
    calendarDataFilters: all(root, 'calendardatafilter'),
    addressDataFilters: all(root, 'addressdatafilter'),
  };
}

/** `+X,-Y` on top of what is claimed; a name without a sign is added. */
export function withFeatures(info: ServerInfo, changes: readonly string[]): ServerInfo {
  const features = new Set(info.features);
  for (const change of changes) {
    const name = change.replace(/^[+-]/, '').trim();
    if (change.startsWith('-')) features.delete(name);
    else features.add(name);
  }
  return {...info, features};
}

/** Later keys stand before earlier ones, as the sample overrides some of its own. */
function substitutionsOf(parent: Element | undefined): Map<string, string> {
  const found = new Map<string, string>();
  const add = (substitution: Element, number?: number) => {
    const [key, value] = ['{}key', '{}value'].map(name => {
      const element = child(substitution, name as '{}key');
      return element ? fillNumber(text(element).trim(), number) : '';
    });
    if (key) found.set(key, value!);
  };
  for (const element of parent ? elements(parent) : []) {
    if (element.name === '{}substitution') add(element);
    if (element.name !== '{}repeat') continue;
    for (let number = 1; number <= Number(element.attributes.count ?? 1); number++) {
      for (const substitution of elements(element, '{}substitution')) add(substitution, number);
    }
  }
  return found;
}

/** Fills `%d` and `%02d` in; `%%` is a percent sign. */
function fillNumber(written: string, number: number | undefined): string {
  if (number === undefined) return written;
  return written.replace(/%%|%0?(\d*)d/g, (sign, width = '') =>
    sign === '%%' ? '%' : String(number).padStart(Number(width), '0'),
  );
}
