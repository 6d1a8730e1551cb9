/** Text that is markup already and is not escaped again. */
export interface Html {
  readonly html: string;
}

/** Markup with values in it: texts are escaped, markup and lists of it are put in as they are; undefined and false are nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return {html: parts.map((part, at) => part + print(values[at])).join('')};
}

type Value = string | number | Html | undefined | false | readonly Value[];

function print(value: Value): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  return 'html' in value ? value.html : value.map(print).join('');
}

const escapes: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, found => escapes[found]!);
}
