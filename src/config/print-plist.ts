const head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">`;

/** A property list in XML, as Apple's tools write it (plist(5)); what is undefined in a dictionary is left out. */
export function printPlist(value: PlistTree): string {
  return `${head}\n${print(value, '  ')}\n</plist>\n`;
}

/** A value to print; a dictionary may have keys without a value. */
export type PlistTree =
  | string
  | number
  | boolean
  | Date
  | Uint8Array
  | readonly PlistTree[]
  | {readonly [key: string]: PlistTree | undefined};

function print(value: PlistTree, indent: string): string {
  if (typeof value === 'string') return `${indent}<string>${escaped(value)}</string>`;
  if (typeof value === 'boolean') return `${indent}<${value}/>`;
  if (typeof value === 'number') {
    return Number.isInteger(value) ? `${indent}<integer>${value}</integer>` : `${indent}<real>${value}</real>`;
  }
  if (value instanceof Date) return `${indent}<date>${value.toISOString().replace(/\.\d+Z$/, 'Z')}</date>`;
  if (value instanceof Uint8Array) return `${indent}<data>${Buffer.from(value).toString('base64')}</data>`;
  const inner = `${indent}  `;
  const [name, lines] = Array.isArray(value)
    ? ['array', value.map((one: PlistTree) => print(one, inner))]
    : [
        'dict',
        Object.entries(value).flatMap(([key, one]: [string, PlistTree | undefined]) =>
          one === undefined ? [] : [`${inner}<key>${escaped(key)}</key>`, print(one, inner)],
        ),
      ];
  return lines.length === 0 ? `${indent}<${name}/>` : [`${indent}<${name}>`, ...lines, `${indent}</${name}>`].join('\n');
}

/** What XML 1.0 has no way to write goes. */
function escaped(text: string): string {
  return text
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}
