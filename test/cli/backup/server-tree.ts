import {lstatSync, readdirSync, readFileSync, readlinkSync} from 'node:fs';
import {join} from 'node:path';
import {getAttributeSync, listAttributesSync} from 'fs-xattr';

/** All that makes the data below a folder what it is, by path: bytes, attributes, owner, mode; indexes, which are made anew, left out. */
export function dataBelow(folder: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const path of readdirSync(folder, {recursive: true, encoding: 'utf8'}).sort()) {
    if (/(^|\/)(\.(home|repair|server|commands)\.sqlite|\.writing)/.test(path)) continue;
    const file = join(folder, path);
    const {mode, uid, gid} = lstatSync(file);
    if (lstatSync(file).isSymbolicLink()) {
      found[path] = {uid, gid, leadsTo: readlinkSync(file)};
      continue;
    }
    const attributes = listAttributesSync(file)
      .sort()
      .map(name => [name, getAttributeSync(file, name).toString('base64')]);
    const bytes = lstatSync(file).isFile() && !path.endsWith('.sqlite') ? readFileSync(file, 'base64') : '';
    found[path] = {mode, uid, gid, attributes, bytes};
  }
  return found;
}
