/** Content types by the ending of a name; what a client said at PUT goes before. */
const byEnding: Readonly<Record<string, string>> = {
  css: 'text/css',
  csv: 'text/csv',
  gif: 'image/gif',
  htm: 'text/html',
  html: 'text/html',
  ics: 'text/calendar; charset=utf-8',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  md: 'text/markdown',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  vcf: 'text/vcard; charset=utf-8',
  xml: 'application/xml',
  zip: 'application/zip',
};

/** What a file of this name most likely is. */
export function contentTypeOf(name: string): string {
  return byEnding[/\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''] ?? 'application/octet-stream';
}

/** The ending a name should have for a content type: `.ics`; empty where none is known. */
export function endingOf(contentType: string | undefined): string {
  const type = essence(contentType ?? '');
  const ending = Object.keys(byEnding).find(each => essence(byEnding[each]!) === type);
  return ending ? `.${ending}` : '';
}

/** The media type without its parameters, in lower case. */
export function essence(contentType: string): string {
  return contentType.replace(/;.*/s, '').trim().toLowerCase();
}
