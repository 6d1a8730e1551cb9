import type {Calendar} from '../ical/parse.ts';
import {commentedTwice} from '../itip/private-comments.ts';
import {DavError} from '../webdav/error.ts';
import {noDuplicatePrivateComments} from './preconditions.ts';

/** Throws DavError CS:no-duplicate-private-comments (caldav-privatecomments §4.2.3). */
export function requireSingleComments(calendar: Calendar): void {
  const twice = commentedTwice(calendar);
  if (twice === undefined) return;
  throw new DavError(noDuplicatePrivateComments, {message: `There are two comments of ${twice} in one component.`});
}
