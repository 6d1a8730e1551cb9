import type {PlistValue} from './key.ts';

/** A value as a property list's element; what it holds is indented one step further than `indent`, by `step`. */
export function printValue(value: PlistValue, {indent = '', step = '  ', end = '\n'} = {}): string {
  if (typeof value === 'string') return value === '' ? '<string/>' : `<string>${escapeXml(value)}</string>`;
  if (typeof value === 'number') return Number.isInteger(value) ? `<integer>${value}</integer>` : `<real>${value}</real>`;
  if (typeof value === 'boolean') return value ? '<true/>' : '<false/>';
  if (value instanceof Date) return `<date>${value.toISOString().replace(/\.\d+Z$/, 'Z')}</date>`;
  if (value instanceof Uint8Array) return `<data>${Buffer.from(value).toString('base64')}</data>`;
  if (value === null) return '<string/>';
  const inner = {indent: indent + step, step, end};
  const [name, lines] = Array.isArray(value)
    ? ['array', value.map(one => printValue(one, inner))]
    : ['dict', Object.entries(value).flatMap(([key, one]) => [printKey(key), printValue(one, inner)])];
  if (lines.length === 0) return `<${name}/>`;
  return `<${name}>${end}${lines.map(line => `${inner.indent}${line}${end}`).join('')}${indent}</${name}>`;
}

export function printKey(name: string): string {
  return `<key>${escapeXml(name)}</key>`;
}

/** Text within an element. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, found => (found === '&' ? '&amp;' : found === '<' ? '&lt;' : '&gt;')).replaceAll('\r', '&#13;');
}
