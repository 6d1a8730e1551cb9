import type {HttpRequest} from '../http/message.ts';

/** What a client prefers of the answer (RFC 7240, RFC 8144). */
export interface Preferences {
  readonly return: 'minimal' | 'representation' | undefined;
  /** Headers that say so. */
  readonly applied: Readonly<Record<string, string>>;
}

/** The Prefer header's `return`, and Microsoft's older `Brief: t`. */
export function parsePrefer({headers}: HttpRequest): Preferences {
  const prefer = headers.prefer === undefined ? '' : String(headers.prefer);
  const wish = /(?:^|[,;\s])return\s*=\s*"?(minimal|representation)\b/i.exec(prefer)?.[1]?.toLowerCase();
  if (wish === 'minimal' || wish === 'representation') {
    return {return: wish, applied: {'preference-applied': `return=${wish}`, vary: 'Prefer, Brief'}};
  }
  const brief =
    String(headers.brief ?? '')
      .trim()
      .toLowerCase() === 't';
  return {return: brief ? 'minimal' : undefined, applied: brief ? {vary: 'Prefer, Brief'} : {}};
}
