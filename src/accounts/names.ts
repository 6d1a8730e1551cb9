/** What is wrong with a short name or GUID, as the end of a sentence; undefined where it will do. It stands in URLs and names folders. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (/[/\\]/.test(name)) return 'has a slash in it';
  if (/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u.test(name)) return 'has a control character in it';
  if (!name.isWellFormed()) return 'is not valid Unicode';
  if (/^\s|\s$/.test(name)) return 'begins or ends with a space';
  if (name.startsWith('.')) return 'begins with a dot';
  if (Buffer.byteLength(name) > 200) return 'is longer than 200 bytes';
  return undefined;
}

/** The same for a name that somebody is to log in with: RFC 7617 §2 has a colon end the name. */
export function loginNameProblem(name: string): string | undefined {
  if (name.includes(':')) return 'has a colon in it, which ends a name when logging in';
  return nameProblem(name);
}
