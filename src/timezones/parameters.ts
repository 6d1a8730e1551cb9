/** The instant of a date-time in UTC: `2008-01-01T00:00:00Z` (RFC 3339). Undefined: it is none. */
export function parseUtc(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d):([0-5]\d):([0-5]\d)(?:\.\d+)?Z$/i.exec(text);
  const day = match ? parseDay(match[1]!) : undefined;
  if (!match || day === undefined || Number(match[2]) > 23) return undefined;
  return day + ((Number(match[2]) * 60 + Number(match[3])) * 60 + Number(match[4])) * 1000;
}

/** The first instant in UTC of `2008-01-01`; undefined: there is no such day. */
export function parseDay(text: string): number | undefined {
  const [year, month, day] = text.split('-').map(Number) as [number, number, number];
  const start = new Date(0).setUTCFullYear(year, month - 1, day);
  return new Date(start).getUTCDate() === day && new Date(start).getUTCMonth() === month - 1 ? start : undefined;
}

/** As RFC 3339 writes it, to the second. */
export function printUtc(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** The value of a parameter that is given once; undefined: it is not given, or more than once. */
export function only(parameters: URLSearchParams, name: string): string | undefined {
  const values = parameters.getAll(name);
  return values.length === 1 ? values[0] : undefined;
}
