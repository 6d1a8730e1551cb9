/** A path as it goes out: what a URI cannot hold is percent-encoded, an origin in front is left out. */
export function encodeUri(uri: string): string {
  const path = uri.replace(/^https?:\/\/[^/]+/, '') || '/';
  return path.replace(/[^!#$%&'()*+,/:;=?@[\]A-Za-z0-9._~-]+/gu, part => encodeURIComponent(part));
}

/** The form in which hrefs are compared: a path without its query and last slash, percent-decoded. */
export function comparable(href: string): string {
  const path = href
    .trim()
    .replace(/^https?:\/\/[^/]+/, '')
    .replace(/\?.*$/, '')
    .replace(/\/+$/, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
