import {dav} from '../../xml/names.ts';
import {allowed, classes} from '../allow.ts';
import {notLoggedIn} from '../privileges.ts';
import type {Method} from '../tables.ts';

/** RFC 9110 §9.3.7, RFC 4918 §10.1. Whoever has logged in may ask it of any URL, also where nothing is yet. */
export const options: Method = {
  name: 'OPTIONS',
  mapped: dav('read'),
  unmapped: dav('read'),
  writes: false,
  safe: true,
  handle(request) {
    const {principal, protocol} = request;
    // GNOME's accounts try a password by this alone: what anybody may read would make any password right.
    if (!principal) throw notLoggedIn();
    return {
      status: 200,
      headers: {dav: classes(request, protocol), allow: allowed(request, protocol), 'content-length': '0'},
    };
  },
};
