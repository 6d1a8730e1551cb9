import {collection, file, principal, principalCollection, principalsOfType, root} from './kinds.ts';
import {del} from './methods/delete.ts';
import {get, head} from './methods/get.ts';
import {mkcol} from './methods/mkcol.ts';
import {options} from './methods/options.ts';
import {propfind} from './methods/propfind.ts';
import {put} from './methods/put.ts';
import {webdavPrivileges} from './privileges.ts';
import {rfc4918} from './properties/rfc4918.ts';
import type {Extension} from './tables.ts';

/**
 * WebDAV itself. No class 2, as there are no locks; no `access-control`, as lists of rules can be neither set nor read in full.
 * RFC 5995 and RFC 6578 have no token.
 */
export const webdav: Extension = {
  name: 'WebDAV',
  tokens: ['1', '3', 'extended-mkcol'],
  kinds: [root, principalCollection, principalsOfType, principal, collection, file],
  methods: [options, get, head, put, del, mkcol, propfind],
  properties: [rfc4918],
  reports: [],
  privileges: webdavPrivileges,
};
