import {dav} from '../../xml/names.ts';
import type {Kind} from '../tables.ts';

/** A collection in a home that no other room has made its own. */
export const collection: Kind = {
  name: 'collection',
  resourcetype: [dav('collection')],
  makeable: true,
  stored: stored => stored.collection,
};

/** Whatever is no collection and is of no other kind. */
export const file: Kind = {name: 'file', resourcetype: [], stored: stored => !stored.collection};
