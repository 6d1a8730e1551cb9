import type {HttpRequest} from '../http/message.ts';

/** What a client prefers of the answer (RFC 7240, RFC 8144), as far as its request can be answered so. */
export interface Preferences {
  readonly return: 'minimal' | 'representation' | undefined;
  /** RFC 8144 §4 `depth-noroot`: the members without the collection itself. */
  readonly noRoot: boolean;
  /** Headers that say so. */
  readonly applied: Readonly<Record<string, string>>;
}

/** The methods that answer less, or with what they have stored, where that is preferred (RFC 8144 §2, §3). */
const answering: Readonly<Record<string, Preferences['return']>> = {
  PROPFIND: 'minimal',
  PROPPATCH: 'minimal',
  REPORT: 'minimal',
  MKCOL: 'minimal',
  MKCALENDAR: 'minimal',
  PUT: 'representation',
  POST: 'representation',
};

/** The Prefer header's `return` and `depth-noroot`, and Microsoft's older `Brief: t`. */
export function parsePrefer({method, headers}: HttpRequest): Preferences {
  const preferred = parsePreferences(headers.prefer);
  const brief = /^\s*t\s*$/i.test(String(headers.brief ?? ''));
  const wish = preferred.get('return') ?? (brief ? 'minimal' : undefined);
  const met = wish !== undefined && wish === answering[method] ? answering[method] : undefined;
  const noRoot = preferred.has('depth-noroot') && method === 'PROPFIND' && String(headers.depth).trim() === '1';
  const applied = [...(met && preferred.has('return') ? [`return=${met}`] : []), ...(noRoot ? ['depth-noroot'] : [])].join(', ');
  return {
    return: met,
    noRoot,
    applied: {...(applied ? {'preference-applied': applied} : {}), ...(applied || brief ? {vary: 'Prefer, Brief'} : {})},
  };
}

/**
 * RFC 7240 §2: names in lower case with their values; of a preference that is there twice the first counts, and parameters are left. A
 * quoted string that does not end goes to the end: were it looked for again from each quote on, one header would take a second.
 */
function parsePreferences(sent: string | string[] | undefined): ReadonlyMap<string, string> {
  const preferred = new Map<string, string>();
  for (const one of String(sent ?? '').match(/(?:[^,"]|"(?:[^"\\]|\\.?)*(?:"|$))+/g) ?? []) {
    const [, name, quoted, token] = /^\s*([\w!#$%&'*+.^`|~-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s;]*)))?/.exec(one) ?? [];
    if (name && !preferred.has(name.toLowerCase())) preferred.set(name.toLowerCase(), (quoted ?? token ?? '').toLowerCase());
  }
  return preferred;
}
