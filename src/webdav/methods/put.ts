import {dav} from '../../xml/names.ts';
import {DavError} from '../error.ts';
import {storeFile} from '../store-file.ts';
import type {Method} from '../tables.ts';

/** RFC 9110 §9.3.4, RFC 4918 §9.7; what a calendar demands of it is its kind's `admit`. */
export const put: Method = {
  name: 'PUT',
  mapped: dav('write-content'),
  unmapped: dav('bind'),
  writes: true,
  supports: ({stored}) => stored?.collection === false,
  refusal: 403,
  handle(request) {
    const {parent, path, target} = request;
    if (!parent?.view || !path) throw new DavError(403, {message: 'Nothing can be stored here.'});
    return storeFile(request, {parent, path, target});
  },
};
