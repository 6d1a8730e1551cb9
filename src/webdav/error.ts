import type {Node} from '../xml/element.ts';
import type {Name} from '../xml/names.ts';

/** A precondition or postcondition (RFC 4918 §16): the element a client reads, and the status it always comes with. */
export interface Precondition {
  readonly status: number;
  readonly name: Name;
}

/** Declares a row of a table of preconditions. */
export function precondition(status: number, name: Name): Precondition {
  return {status, name};
}

/**
 * The refusal a client hears of. With a precondition, `error-response.ts` answers `DAV:error` with its one element, `content` inside;
 * with a bare status, no condition. `message` is for people and the log.
 */
export class DavError extends Error {
  readonly status: number;
  readonly condition: Name | undefined;
  readonly content: readonly Node[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    what: Precondition | number,
    {
      message = '',
      content = [],
      headers = {},
    }: {message?: string; content?: readonly Node[]; headers?: Record<string, string>} = {},
  ) {
    super(message || (typeof what === 'number' ? String(what) : what.name));
    this.name = 'DavError';
    this.status = typeof what === 'number' ? what : what.status;
    this.condition = typeof what === 'number' ? undefined : what.name;
    this.content = content;
    this.headers = headers;
  }
}
