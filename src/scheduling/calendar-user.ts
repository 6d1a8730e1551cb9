import type {Directory, Principal} from '../accounts/principal.ts';
import {pathOfHref} from '../webdav/href.ts';
import type {DavContext} from '../webdav/tables.ts';

/** Whose calendar address it is (RFC 6638 §2.4.1), a URL of this server's included; undefined: nobody's here. */
export function findCalendarUser(
  address: string,
  {directory, hosts}: Pick<DavContext, 'hosts'> & {readonly directory: Pick<Directory, 'findByAddress'>},
): Principal | undefined {
  const found = directory.findByAddress(address);
  if (found || !/^https?:/i.test(address.trim())) return found;
  const path = pathOfHref(address.trim(), hosts);
  return path === undefined ? undefined : directory.findByAddress(path);
}

/** The directory where no request says by what names the server is asked: one that knows URLs of these hosts for calendar addresses. */
export function withUrls(directory: Directory, hosts: ReadonlySet<string>): Directory {
  return {...directory, findByAddress: address => findCalendarUser(address, {directory, hosts})};
}
