/**
 * A vCard, as text or as jCard (RFC 7095), in a form that is the same for the same content: lines unfolded and in order of their
 * letters, without the properties that `filters` name.
 */
export function canonicalVcard(text: string, filters: readonly string[]): string {
  const lines = /^\s*\[/.test(text) ? cardLines(text) : text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/);
  return lines
    .filter(line => line.trim() !== '')
    .map(canonicalLine)
    .filter(({name}) => !filters.includes(name))
    .map(({line}) => line)
    .sort()
    .join('\n');
}

function canonicalLine(line: string): {name: string; line: string} {
  const [, name = '', parameters = '', value = ''] = /^([^;:]*)((?:;(?:"[^"]*"|[^":])*)?):(.*)$/s.exec(line) ?? [undefined, line];
  const own = name.toUpperCase();
  return {name: own, line: `${own}${parameters.split(';').sort().join(';').toUpperCase()}:${value}`};
}

function cardLines(text: string): string[] {
  try {
    const [, properties] = JSON.parse(text) as [string, [string, Record<string, string>, string, ...unknown[]][]];
    return properties.map(([name, parameters, , ...values]) => {
      const written = Object.entries(parameters).map(([key, value]) => `;${key}=${value}`);
      return `${name}${written.join('')}:${values.flat().join(';')}`;
    });
  } catch {
    return [text];
  }
}
