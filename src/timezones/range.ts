import {only, parseUtc} from './parameters.ts';
import {Problem} from './problem.ts';

/** The parameters start and end (RFC 7808 §5.3, §5.4). Throws Problem. */
export function parseRange(parameters: URLSearchParams, required: boolean) {
  const value = (name: 'start' | 'end') => {
    if (!required && !parameters.has(name)) return undefined;
    const instant = parseUtc(only(parameters, name) ?? '');
    if (instant === undefined) throw new Problem(`invalid-${name}`);
    return instant;
  };
  const start = value('start');
  const end = value('end');
  if (start !== undefined && end !== undefined && end <= start) throw new Problem('invalid-end');
  return {start, end};
}
