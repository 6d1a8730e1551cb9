import type {HttpRequest} from '../http/message.ts';

/** A form in which the bytes of a resource can be given (RFC 9110 §3.2). */
export interface Form {
  /** The media type, without parameters and in lower case. */
  readonly type: string;
  readonly contentType: string;
  /** The bytes, as they are kept, in this form. Throws DavError where they cannot be read. */
  from(bytes: Uint8Array): Uint8Array;
}

/**
 * The form that an Accept header wants most (RFC 9110 §12.5.1); among equals the one that stands first. Undefined: it says nothing, or
 * wants none of them, as clients do that name their own types by habit: they are given what there is, as the RFC allows, and no 406.
 */
export function chooseForm<Each extends Pick<Form, 'type'>>({headers}: HttpRequest, forms: readonly Each[]): Each | undefined {
  const ranges = rangesIn(headers.accept ?? '');
  let best: {form: Each; quality: number} | undefined;
  for (const form of forms) {
    const [type] = form.type.split('/');
    const range = ranges.get(form.type) ?? ranges.get(`${type}/*`) ?? ranges.get('*/*');
    if (range !== undefined && range > 0 && range > (best?.quality ?? 0)) best = {form, quality: range};
  }
  return best?.form;
}

/** Quality by media range. Parameters of a type (`version`, `component`) are not told apart. */
function rangesIn(accept: string): Map<string, number> {
  const ranges = new Map<string, number>();
  for (const part of accept.toLowerCase().split(',')) {
    const [range, ...parameters] = part.split(';').map(each => each.trim());
    const given = parameters.find(parameter => /^q\s*=/.test(parameter))?.replace(/^q\s*=\s*/, '');
    const quality = given === undefined ? 1 : Number.parseFloat(given);
    if (range && quality >= 0) ranges.set(range, Math.max(Math.min(quality, 1), ranges.get(range) ?? 0));
  }
  return ranges;
}
