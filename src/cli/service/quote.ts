import {UserError} from '../../base/user-error.ts';

/** A word of a list or command line of a unit: in quotes, with C’s escapes, and no specifier (systemd.syntax(7), systemd.unit(5)). */
export function quoteWord(text: string): string {
  const escaped = percent(text);
  if (/^[\w%+,./:@-]+$/.test(escaped)) return escaped;
  return `"${escaped.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A value that systemd takes whole to the end of the line: a path or a sentence. */
export function quoteValue(text: string): string {
  const escaped = percent(text);
  // At a line's end a backslash joins the next line, and spaces there are dropped.
  if (/[\\\s]$/.test(text)) throw unprintable(text);
  return escaped;
}

export function quoteXml(text: string): string {
  refuseControls(text);
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function percent(text: string): string {
  refuseControls(text);
  return text.replaceAll('%', '%%');
}

function refuseControls(text: string): void {
  if (/[\x00-\x1f\x7f]/.test(text)) throw unprintable(text);
}

function unprintable(text: string): UserError {
  return new UserError(
    `The path ${JSON.stringify(text)} cannot be written into a service’s file.`,
    'Give the folder a name without control characters, and without a space or backslash at its end.',
  );
}
