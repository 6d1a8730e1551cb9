import type {HttpRequest} from '../http/message.ts';

/** What a client prefers of the answer (RFC 7240, RFC 8144). */
export interface Preferences {
  readonly return: 'minimal' | 'representation' | undefined;
  /** RFC 8144 §4 `depth-noroot`: the members without the collection itself. */
  readonly noRoot: boolean;
  /** Headers that say so. */
  readonly applied: Readonly<Record<string, string>>;
}

/** The Prefer header's `return` and `depth-noroot`, and Microsoft's older `Brief: t`. */
export function parsePrefer({headers}: HttpRequest): Preferences {
  const sent = headers.prefer === undefined ? '' : String(headers.prefer).toLowerCase();
  const wish = /(?:^|[,;\s])return\s*=\s*"?(minimal|representation)\b/.exec(sent)?.[1] as Preferences['return'];
  const noRoot = /(?:^|[,;\s])depth-noroot\b/.test(sent);
  const brief = /^\s*t\s*$/i.test(String(headers.brief ?? ''));
  const applied = [...(wish ? [`return=${wish}`] : []), ...(noRoot ? ['depth-noroot'] : [])].join(', ');
  return {
    return: wish ?? (brief ? 'minimal' : undefined),
    noRoot,
    applied: {...(applied ? {'preference-applied': applied} : {}), ...(applied || brief ? {vary: 'Prefer, Brief'} : {})},
  };
}
