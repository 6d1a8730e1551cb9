/** How two texts are compared (RFC 4790): what texts that count as equal become the same string by. */
export type Collation = (text: string) => string;

/** RFC 4791 §7.5: the two that every server has, and RFC 5051's. */
export const collations: ReadonlyMap<string, Collation> = new Map([
  ['i;ascii-casemap', (text: string) => text.replace(/[a-z]+/g, letters => letters.toUpperCase())],
  ['i;octet', (text: string) => text],
  ['i;unicode-casemap', unicodeCasemap],
]);

/** RFC 4791 §9.7.5: where the client names none. */
export const defaultCollation = 'i;ascii-casemap';

/** RFC 5051 §2: each character in title case where that is one character, then decomposed. */
function unicodeCasemap(text: string): string {
  if (/^[\x00-\x7f]*$/.test(text)) return text.toUpperCase();
  const mapped = Array.from(text, character => {
    const upper = character.toUpperCase();
    return Array.from(upper).length === 1 ? upper : character;
  });
  return mapped.join('').normalize('NFKD');
}
