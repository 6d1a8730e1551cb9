/**
 * What lies at a JSON pointer (RFC 6901) in a text; `.` as a step is any member, `~$value` at the end asks for that value, `~~` for
 * null. Empty where nothing does, or where the text is not JSON.
 */
export function pointed(text: string, pointer: string): unknown[] {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return [];
  }
  const match = /^(.*?)(?:~\$(.*)|(~~))?$/s.exec(pointer)!;
  const [, path = '', value, isNull] = match;
  let found = [root];
  for (const step of path.split('/').slice(1)) found = found.flatMap(one => membersAt(one, step));
  if (isNull) return found.filter(one => one === null);
  return value === undefined ? found : found.filter(one => (typeof one === 'string' ? one : JSON.stringify(one)) === value);
}

function membersAt(value: unknown, step: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (step === '.') return Object.values(value);
  const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
  return Object.hasOwn(value, name) ? [(value as Record<string, unknown>)[name]] : [];
}
