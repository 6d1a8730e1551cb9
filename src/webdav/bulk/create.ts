import {randomUUID} from 'node:crypto';
import type {Path} from '../../store/store.ts';
import {DavError} from '../error.ts';
import {printSegment} from '../href.ts';
import {storeBytes} from '../store-file.ts';
import type {DavRequest} from '../tables.ts';
import type {BulkItem} from './format.ts';
import {printFailure, printStored} from './response.ts';
import type {BulkTarget} from './target.ts';

/** §3: makes a member under a name that the server picks, and answers its DAV:response. `contentType` is that of the whole body. */
export async function createOne(
  item: BulkItem,
  contentType: string | undefined,
  target: BulkTarget,
  request: DavRequest,
): Promise<string> {
  const {uid, content, converted = false} = item;
  try {
    if (content instanceof DavError) throw content;
    const {path, href} = newName(target);
    const place = {parent: target.collection, path, target: undefined};
    const stored = await storeBytes(content, undefined, place, target.unit, request, request.http.headers);
    return printStored(href, stored.etag, {
      uid,
      data: converted && target.returnChanged ? target.format.show(stored.bytes, contentType) : undefined,
    });
  } catch (error) {
    if (error instanceof DavError) return printFailure('', error, uid);
    throw error;
  }
}

/** A name for a new member. */
export function newName({collection, format}: BulkTarget): {readonly path: Path; readonly href: string} {
  const name = `${randomUUID()}${format.ending}`;
  const {path} = collection.stored!;
  return {path: path ? `${path}/${name}` : name, href: collection.href + printSegment(name)};
}
